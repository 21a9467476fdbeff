// The result is written first, so that nothing that happens to the text can cost it.
#include "train_finish.hpp"

#include <fmt/format.h>

#include <exception>

#include "mnist/cluster/cluster.hpp"
#include "mnist/compare/verdict.hpp"
#include "mnist/core/called.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/new_file.hpp"
#include "mnist/report/next_steps.hpp"
#include "mnist/report/text.hpp"
#include "mnist/report/train_text.hpp"
#include "mnist/results/train_json.hpp"
#include "page_file.hpp"

namespace mnist {
namespace {

constexpr std::uint64_t kComparedSeeds = 5;

// What the result is good for; fewer starts than that can be compared by eye only.
std::vector<NextStep> steps_after(const TrainResult& result, const TrainOptions& options,
                                  const std::filesystem::path& file) {
    const std::string mnist = called("mnist");
    const std::string word = shell_word(file.string());
    std::vector<NextStep> steps;
    if (!options.report) steps.push_back({"one page with charts", fmt::format("{} report {}", mnist, word)});
    if (result.interrupted || result.config.epochs == 0) return steps;
    if (result.config.seeds < kLeastRepetitions) {
        const std::string program =
            result.cluster ? launch_words(result.cluster->ranks.size(), "mnist") : mnist;
        steps.push_back(
            {"what `compare` can judge", fmt::format("{} {}", program, train_words(result, kComparedSeeds))});
    } else {
        steps.push_back({"which of two is faster", fmt::format("{} compare {} OTHER.json", mnist, word)});
    }
    return steps;
}

}  // namespace

// A disk that is full must not cost the report either.
void finish_train(const TrainResult& result, const TrainOptions& options,
                  const std::optional<std::filesystem::path>& wanted, Console& console) {
    std::exception_ptr failure;
    std::string place;
    std::string next;
    if (wanted == kStandardStream) {
        console.print_data(train_result_json(result));
    } else if (wanted) {
        try {
            const std::filesystem::path written = write_new_file(*wanted, train_result_json(result));
            if (written != *wanted)
                console.note(fmt::format("{} appeared meanwhile and was left alone", wanted->string()));
            place = fmt::format("\nResult: {}\n", printable(written.string()));
            if (!options.quiet) next = next_steps(steps_after(result, options, written));
        } catch (const Error&) {
            failure = std::current_exception();
        }
    }
    console.print(train_report(result, console.style()) + place);
    if (options.report) {
        const bool named = wanted && wanted != kStandardStream;
        write_page({{.name = named ? wanted->filename().string() : "mnist train", .content = result}},
                   *options.report, console);
    }
    console.print(next);
    if (failure) std::rethrow_exception(failure);
}

}  // namespace mnist
