// Values of flags, Google Benchmark's read as the library reads them where it would accept them, and refused
// with an InputError where it would end the program or do what nobody wanted.
#pragma once

#include <filesystem>
#include <string>

#include "mnist/core/values.hpp"
#include "options.hpp"

namespace mnist::bench {

/// true, 1, yes or on, and their opposites, in any case.
[[nodiscard]] bool truth(const GivenValue& given);

/// "auto", "true" or "false"; the latter in all spellings of truth().
[[nodiscard]] std::string colour_of(const GivenValue& given);

/// console or json; csv is refused with the reason.
[[nodiscard]] Format format_of(const GivenValue& given);

/// A file's name. "-" is refused, because it would become a file of that name, and so is the name of a
/// folder.
[[nodiscard]] std::filesystem::path out_of(const GivenValue& given);

/// "0.5", or "0.5s" as the library has it since 1.8; not below 0.
[[nodiscard]] double seconds_of(const GivenValue& given);

/// auto alone, or each number of threads once.
void set_threads(Options& options, const GivenValue& given);

/// Numbers of copies, "all" among them, each once.
void set_copies(Options& options, const GivenValue& given);

/// Numbers of rows, each once.
void set_rows_per_rank(Options& options, const GivenValue& given);

/// Seconds above 0, or iterations: "10x", as the library has it since 1.8.
void set_least_time(Options& options, const GivenValue& given);

/// Throws InputError for a flag of the library that this program does not have; `word` is all of it, with its
/// dashes. Does nothing for any other word.
void refuse_library_flag(const std::string& word);

/// "2/5": the third of five processes.
[[nodiscard]] ProcessOf process_of(const GivenValue& given);

/// Refuses what is not KEY=VALUE, or several divided by commas, as the library takes them.
void require_pairs(const GivenValue& given);

}  // namespace mnist::bench
