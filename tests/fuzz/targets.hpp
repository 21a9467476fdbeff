// What is tried on hostile files, one function a format: each reads the bytes as a file of its format and
// returns when they were accepted or refused with an InputError. Everything else is a defect: another
// exception, a report of a sanitizer, or a broken promise (BrokenPromise) about what was accepted. The same
// functions run under libFuzzer (fuzz_main.cpp) and, on the committed files, as an ordinary test
// (files_test.cpp). Left out: what is shown of a file (tests/report, tests/cli).
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>

namespace mnist {

using FileBytes = std::span<const std::byte>;

/// What a reader let pass does not hold together.
class BrokenPromise : public std::logic_error {
  public:
    using std::logic_error::logic_error;
};

inline void promise(bool kept, const char* what) {
    if (!kept) throw BrokenPromise(what);
}

/// IDX of both ranks, plain or gzip, from memory: extents and values agree, the observer saw all of it, and a
/// plain file is exactly its header and values.
void try_idx(FileBytes file);
/// A model file: what was read is no more than the file holds, finite, and layers chain.
void try_safetensors(FileBytes file);
/// A result of `mnist train`: written again it reads back to the same text.
void try_train_result(FileBytes file);
/// A result of any kind, as `mnist compare` reads it: times and counters are finite.
void try_bench_result(FileBytes file);
/// What the cache of histories keeps of a result: written again it is the same bytes.
void try_history_cache(FileBytes file);
/// A TOML configuration of `mnist train`: the complete configuration that --print-config shows reads back to
/// itself.
void try_config(FileBytes file);
/// A picture, and the digits on it: boxes lie inside it, and each digit has ink.
void try_picture(FileBytes file);
/// A checkpoint, also with its checksum mended, or the text of one: written again it reads back the same.
void try_checkpoint(FileBytes file);

struct FuzzTarget {
    const char* name;  ///< also the folder of its files in corpus/ and regressions/
    void (*run)(FileBytes);
};

inline constexpr std::array<FuzzTarget, 9> kFuzzTargets{{
    {"idx", try_idx},
    {"idx_gzip", try_idx},
    {"safetensors", try_safetensors},
    {"train_result", try_train_result},
    {"bench_result", try_bench_result},
    {"history_cache", try_history_cache},
    {"config", try_config},
    {"checkpoint", try_checkpoint},
    {"picture", try_picture},
}};

[[nodiscard]] inline std::string text_of(FileBytes file) {
    return {reinterpret_cast<const char*>(file.data()), file.size()};
}

}  // namespace mnist
