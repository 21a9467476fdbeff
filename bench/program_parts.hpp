// What runs in one process and in several have in common: what is said before and after, and what is kept.
// For program.cpp and pooled_program.cpp only.
#pragma once

#include <ostream>

#include "bench.hpp"
#include "context_facts.hpp"
#include "mnist/machine/fingerprint.hpp"
#include "registry.hpp"
#include "reporters.hpp"

namespace mnist::bench {

/// `speaks`: notes and warnings are told.
[[nodiscard]] Dataset load_data(const Options& options, bool speaks = true);
/// What is to be run, in its order. Throws InputError where that is nothing.
[[nodiscard]] Registry chosen(Bench& bench);
[[nodiscard]] bool needs_data(const Registry& entries);

/// Who measures what, and what makes it doubtful; and whether the program is to end with its reader.
void begin(const Bench& bench, const MachineFacts& machine, const BuildFacts& build);
/// Gives the library its arguments. `program` must be main's.
void start_library(char* program, const Options& options);
void add_context(const ContextFacts& facts);
[[nodiscard]] benchmark::ConsoleReporter::OutputOptions table_style(const Options& options);
[[nodiscard]] std::size_t name_columns(const Registry& entries, const Options& options);
void say_unread(const Options& options);

/// Where tables and sentences for people go to: standard output, unless that is the result's.
[[nodiscard]] std::ostream& people(const Options& options);
/// What was measured is told and kept: doubts, the noise floor, the result on standard output (`shown`) and
/// in its file (`kept`). Returns the exit code.
[[nodiscard]] int conclude(const Collector& shown, const Collector& kept, const Bench& bench,
                           bool interrupted, bool erred);

/// Measures as --processes and --until-decided say. `argc` is main's.
[[nodiscard]] int measure_pooled(Registry entries, Bench& bench, int argc, char* program);

}  // namespace mnist::bench
