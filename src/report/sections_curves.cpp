// The numbers of learning curves: of several trainings each curve has one chart, of one training the losses
// of each optimizer have one of their own.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "page_numbers.hpp"
#include "page_sections.hpp"

namespace mnist {
namespace {

std::size_t epochs_of(const Json& optimizer) {
    return optimizer["curves"]["seconds"].size();
}

struct Curve {
    std::string_view key;
    std::string_view name;
    int digits;
};

/// Of some optimizers, an epoch a row.
Html curve_numbers(const std::vector<const Json*>& optimizers, const std::vector<Curve>& curves,
                   bool with_seconds) {
    std::vector<HtmlColumn<std::size_t>> columns{
        {"Epoch", "", [](std::size_t e) { return Html(std::to_string(e + 1)); }}};
    std::size_t epochs = 0;
    for (const Json* o : optimizers) {
        epochs = std::max(epochs, epochs_of(*o));
        const auto value = [o](std::string_view key, std::size_t e) {
            return e < epochs_of(*o) ? (*o)["curves"][key][e] : Json();
        };
        const std::string title = (*o)["title"];
        if (with_seconds)
            columns.push_back({title + ", seconds", "number",
                               [=](std::size_t e) { return Html(fixed(value("seconds", e), 2)); }});
        for (const Curve& curve : curves) {
            columns.push_back({fmt::format("{}, {}", title, curve.name), "number", [=](std::size_t e) {
                                   const Json point = value(curve.key, e);
                                   if (point.is_null()) return Html{};
                                   std::string text = fixed(point["mean"], curve.digits);
                                   if (point["high"] > point["low"])
                                       text += fmt::format(" ({} to {})", fixed(point["low"], curve.digits),
                                                           fixed(point["high"], curve.digits));
                                   return Html(text);
                               }});
        }
    }
    std::vector<std::size_t> rows(epochs);
    for (std::size_t e = 0; e < epochs; ++e) rows[e] = e;
    return table(columns, rows);
}

constexpr Curve kAccuracy{"test_accuracy", "accuracy, %", 2};
constexpr Curve kTrainLoss{"train_loss", "train loss", 4};
constexpr Curve kTestLoss{"test_loss", "test loss", 4};

std::vector<const Json*> trained(const Json& experiment) {
    std::vector<const Json*> all;
    for (const Json& o : experiment["optimizers"])
        if (epochs_of(o) > 0) all.push_back(&o);
    return all;
}

/// A curve of every training in one chart, and a table of numbers a training.
Html overlaid(const Json& report, const char* chart, const std::string& heading, const std::string& note,
              const Curve& curve) {
    Html numbers;
    for (const Json& experiment : report["experiments"]) {
        const std::vector<const Json*> shown = trained(experiment);
        if (shown.empty()) continue;
        const bool several = report["experiments"].size() > 1;
        numbers += (several ? el("h4.spaced", source_heading(report, experiment["source"])) : Html{}) +
                   curve_numbers(shown, {curve}, curve.key == kAccuracy.key);
    }
    return figure(chart, heading, note, numbers);
}

/// One training's losses: those of training and of test in one chart for each optimizer.
Html losses_of(const Json& experiment) {
    Html losses;
    for (std::size_t i = 0; i < experiment["optimizers"].size(); ++i) {
        const Json& o = experiment["optimizers"][i];
        if (epochs_of(o) > 0)
            losses += figure(fmt::format("loss {}", i), "Loss of " + o["title"].get<std::string>(), "",
                             curve_numbers({&o}, {kTrainLoss, kTestLoss}, true));
    }
    return el("div.grid thirds", losses);
}

}  // namespace

Html curves_section(const Json& report) {
    const Json& experiments = report["experiments"];
    if (experiments.empty()) return {};
    const bool any = std::ranges::any_of(experiments, [](const Json& one) { return !trained(one).empty(); });
    if (!any) return el("p", "Nothing was trained: there are no epochs.");
    const bool seeds = std::ranges::any_of(experiments, [](const Json& one) { return one["seeds"] > 1; });
    const std::string note =
        seeds ? "The line is the mean over the seeds, the band reaches from the lowest to the highest." : "";
    const Html accuracy = overlaid(report, "accuracy", "Test accuracy", note, kAccuracy);
    if (experiments.size() == 1) return accuracy + losses_of(experiments.front());
    const Html training = overlaid(report, "losses train_loss", "Training loss", "", kTrainLoss);
    return el("div.grid", accuracy + overlaid(report, "losses test_loss", "Test loss", "", kTestLoss)) +
           parts_in_turn({{"Training loss", training}}, 0);
}

}  // namespace mnist
