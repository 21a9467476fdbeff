// A command that several processes may carry out together: which of them speaks and writes files, and how all
// end where one cannot go on. A process alone does all of it and pays nothing.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "mnist/cluster/cluster.hpp"

namespace mnist {

class Ranks {
  public:
    /// `note` says a sentence to people, for a rank that ends all.
    Ranks(std::unique_ptr<Cluster> cluster, std::function<void(const std::string&)> note)
        : cluster_(std::move(cluster)), note_(std::move(note)) {}

    /// Null for a process alone.
    [[nodiscard]] Cluster* cluster() const { return cluster_.get(); }
    /// Of several, the first alone prints, and writes files.
    [[nodiscard]] bool speaks() const { return !cluster_ || cluster_->rank() == 0; }

    /// Calls `work` on each rank and returns what it returned, by rank. Where it throws on any, this throws
    /// on all: on the first with a message that names the rank, on the others without one.
    std::vector<std::string> together(const std::function<std::string()>& work);
    /// The same of work that has nothing to return.
    template <class Work>
    requires std::is_void_v<std::invoke_result_t<Work&>>
    void together(Work work) {
        static_cast<void>(together([&] {
            work();
            return std::string();
        }));
    }

    /// Calls `command` and returns its exit code, that of the first for the launcher. A rank that fails while
    /// the others go on says so and ends them.
    int run(const std::function<int()>& command);

  private:
    std::unique_ptr<Cluster> cluster_;
    std::function<void(const std::string&)> note_;
    bool all_failed_ = false;
};

}  // namespace mnist
