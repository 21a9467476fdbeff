// What failed on several ranks is told of the first of them.
#include "mnist/cluster/ranks.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "mnist/core/error.hpp"
#include "mnist/core/exit_codes.hpp"
#include "mnist/machine/failure.hpp"

namespace mnist {

std::vector<std::string> Ranks::together(const std::function<std::string()>& work) {
    if (!cluster_) return {work()};
    std::exception_ptr error;
    nlohmann::json own{{"code", 0}, {"text", ""}};
    try {
        own["text"] = work();
    } catch (...) {
        error = std::current_exception();
        const Failure failure = failure_of(error);
        own = {{"code", failure.code}, {"text", failure.message}};
    }
    std::vector<std::string> texts;
    const auto replace = nlohmann::json::error_handler_t::replace;
    const std::vector<std::string> all = cluster_->gather(own.dump(-1, ' ', false, replace));
    for (std::size_t r = 0; r < all.size(); ++r) {
        const nlohmann::json told = nlohmann::json::parse(all[r]);
        const int code = told.at("code");
        texts.push_back(told.at("text"));
        if (code == 0) continue;
        all_failed_ = true;
        if (!speaks()) throw RankError("", code);
        if (r == 0) std::rethrow_exception(error);
        throw RankError(fmt::format("{}: {}", rank_name(*cluster_, r), texts.back()), code);
    }
    return texts;
}

int Ranks::run(const std::function<int()>& command) {
    if (!cluster_) return command();
    try {
        const int code = command();
        cluster_->leave();
        return speaks() ? code : kExitFine;
    } catch (...) {
        if (all_failed_) {
            // The first alone says so to the launcher, which kills whom it still finds, and waits for
            // seconds.
            cluster_->leave();
            if (!speaks()) return kExitFine;
            throw;
        }
        const Failure failure = failure_of(std::current_exception());
        if (!failure.message.empty())
            note_(failure.of_ranks
                      ? failure.message
                      : fmt::format("{}: {}", rank_name(*cluster_, cluster_->rank()), failure.message));
        cluster_->abort(failure.code);
        return failure.code;
    }
}

}  // namespace mnist
