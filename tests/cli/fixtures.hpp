// What the tests of the command line share: a temporary folder with a tiny data set in it, and a few lines to
// run the program there.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "process.hpp"

namespace mnist::testing {

/// A fresh folder, removed with everything in it.
class TemporaryFolder {
  public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

/// Writes four plain IDX files: 200 training and 100 test images of `side` x `side` pixels in 4 classes, one
/// bright quadrant each.
void write_tiny_data(const std::filesystem::path& folder, std::size_t side = 8);

/// A folder to run the program in, with a tiny data set in tiny/. Flags for a fast run are added by train().
class Workshop {
  public:
    Workshop();
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }

    /// `mnist ARGUMENTS...`
    [[nodiscard]] Finished mnist(std::vector<std::string> arguments) const;
    [[nodiscard]] Launch launch(std::vector<std::string> arguments) const;
    /// `mnist train --data-dir tiny --hidden 8 --threads 2 ARGUMENTS...`
    [[nodiscard]] Finished train(const std::vector<std::string>& arguments) const;
    [[nodiscard]] Launch launch_train(const std::vector<std::string>& arguments) const;

    [[nodiscard]] std::string text_of(const std::filesystem::path& file) const;
    [[nodiscard]] nlohmann::json json_of(const std::filesystem::path& file) const;
    void write(const std::filesystem::path& file, const std::string& text) const;
    /// Names of the result files that carry the default name.
    [[nodiscard]] std::vector<std::string> default_results() const;

  private:
    TemporaryFolder folder_;
};

/// The same with an affinity mask of one CPU, as taskset would start it.
[[nodiscard]] Launch on_one_cpu(Launch launch);

/// Environments in which OpenMP's runtimes would bind the program to one core.
[[nodiscard]] std::vector<std::map<std::string, std::string>> binding_environments();

/// Other processes that take most of every CPU as long as this lives.
class BusyMachine {
  public:
    BusyMachine();
    ~BusyMachine();
    BusyMachine(const BusyMachine&) = delete;
    BusyMachine& operator=(const BusyMachine&) = delete;

  private:
    std::vector<pid_t> loops_;
};

/// A model file with its JSON header changed.
[[nodiscard]] std::string with_header(const std::string& content,
                                      const std::function<void(nlohmann::ordered_json&)>& change);

/// A model file as PyTorch would have saved it: no texts of ours, `wrapper` before each name.
[[nodiscard]] std::string as_if_from_elsewhere(const std::string& content, const std::string& wrapper);

/// The result of a `mnist_bench --score` on a CPU without bf16, all rows equally fast: repetitions of 100 ms
/// alone, 200 ms two side by side, 400 ms the record, each 1 % slower than the one before it.
[[nodiscard]] nlohmann::json score_result();

[[nodiscard]] bool contains(const std::string& text, const std::string& part);

}  // namespace mnist::testing
