// The summary, and what belongs to one training: its table and the captions of its pictures. Curves are in
// sections_curves.cpp, matrices in sections_confusion.cpp.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <functional>
#include <nlohmann/json.hpp>

#include "page_limits.hpp"
#include "page_numbers.hpp"
#include "page_sections.hpp"

namespace mnist {
namespace {

using Column = HtmlColumn<Json>;
using Format = std::function<std::string(const Json&)>;

Html mean_cell(const Json& mean, const Format& format) {
    if (mean.is_null()) return {};
    Html cell = format(mean["mean"]);
    if (!mean["deviation"].is_null()) cell += el("span.deviation", "± " + format(mean["deviation"]));
    return cell;
}

enum class Better { greater, less, sooner, faster };  ///< the last two are of speed

/// Bold is the best of several that can be set against each other: no load changes an accuracy, but of speed
/// what was disturbed is no figure.
Column mean_column(const Json& experiment, const std::string& name, const char* key, const Format& format,
                   Better better) {
    const bool of_speed = better == Better::sooner || better == Better::faster;
    const double sign = better == Better::greater || better == Better::faster ? 1 : -1;
    const auto counts = [=](const Json& o) {
        const bool is_spoilt = !o["disturbed"].is_null() && o["disturbed"]["spoilt"].get<bool>();
        return !o[key].is_null() && !(of_speed && is_spoilt);
    };
    std::vector<double> means;
    for (const Json& o : experiment["optimizers"])
        if (counts(o)) means.push_back(sign * o[key]["mean"].get<double>());
    const double best = means.size() > 1 ? *std::ranges::max_element(means) : 0;
    return {name, "number", [=, several = means.size() > 1](const Json& o) {
                const Html cell = mean_cell(o[key], format);
                const bool is_best = several && counts(o) && sign * o[key]["mean"].get<double>() == best;
                return is_best ? el("span.best", cell) : cell;
            }};
}

std::size_t reached_by(const Json& optimizer) {
    const Json& runs = optimizer["runs"];
    return static_cast<std::size_t>(
        std::ranges::count_if(runs, [](const Json& run) { return !run["first_epoch_at_target"].is_null(); }));
}

Html title_cell(const Json& optimizer) {
    return with_mark(el("span.swatch " + optimizer["optimizer"].get<std::string>()) +
                         optimizer["title"].get<std::string>(),
                     optimizer);
}

std::string first_epochs(const Json& optimizer) {
    std::vector<std::string> words;
    for (const Json& run : optimizer["runs"]) words.push_back(fixed(run["first_epoch_at_target"], 0));
    return fmt::format("{}", fmt::join(words, ", "));
}

std::vector<Column> result_columns(const Json& experiment) {
    const auto digits = [](int count) { return [count](const Json& value) { return fixed(value, count); }; };
    const std::string target = fixed(experiment["target_accuracy"], 2) + "\u00a0%";
    Column seconds =
        mean_column(experiment, "Seconds to " + target, "seconds_to_target", digits(2), Better::sooner);
    // A mean over those seeds that got there says so.
    seconds.cell = [mean = seconds.cell](const Json& o) {
        const std::size_t reached = reached_by(o);
        Html cell = mean(o);
        if (reached > 0 && reached < o["runs"].size())
            cell += el("span.deviation", fmt::format("({} of {} seeds)", reached, o["runs"].size()));
        return cell;
    };
    return {{"Optimizer", "", title_cell},
            {"First epoch at " + target, "number", first_epochs},
            mean_column(experiment, "Best accuracy, %", "best_accuracy", digits(2), Better::greater),
            mean_column(experiment, "Last accuracy, %", "last_accuracy", digits(2), Better::greater),
            mean_column(experiment, "Last train loss", "last_train_loss", digits(4), Better::less),
            mean_column(experiment, "Last test loss", "last_test_loss", digits(4), Better::less),
            {"Convergence speed", "",
             [](const Json& o) {
                 const std::string speed = o["convergence_speed"];
                 return Html(speed == "-" ? "" : speed);
             }},
            mean_column(experiment, "Samples/s", "samples_per_second", whole, Better::faster),
            seconds};
}

std::string setting_words(const Json& experiment) {
    const std::string precision = experiment["precision"];
    const std::string schedule = experiment["schedule"];
    const std::uint64_t seeds = experiment["seeds"];
    const std::uint64_t seed = experiment["seed"];
    return fmt::format("{}{}: {} training and {} test images; {}, batch {}, {}{}{}.",
                       experiment["dataset"].get_ref<const std::string&>(),
                       experiment["synthetic"] ? " (synthetic digits)" : "",
                       whole(experiment["train_samples"]), whole(experiment["test_samples"]),
                       plural(experiment["epochs"], "epoch"), experiment["batch_size"].get<std::uint64_t>(),
                       precision == "f32" ? "" : precision + ", ",
                       schedule == "constant" ? "" : schedule + " learning rate, ",
                       seeds > 1 ? fmt::format("{} seeds from {}: mean ± standard deviation", seeds, seed)
                                 : fmt::format("seed {}", seed));
}

std::vector<std::string> troubles(const Json& experiment) {
    std::vector<std::string> all;
    for (const Json& o : experiment["optimizers"]) {
        for (const Json& run : o["runs"]) {
            if (run["status"] == "completed") continue;
            const std::string why = run["message"].is_null() ? "" : ": " + run["message"].get<std::string>();
            all.push_back(fmt::format("{}, seed {}, {}{}.", o["title"].get<std::string>(),
                                      run["seed"].get<std::uint64_t>(), run["status"].get<std::string>(),
                                      why));
        }
    }
    return all;
}

std::string class_name(const Json& names, const Json& label) {
    const std::uint64_t place = label;
    return place < names.size() ? names[place].get<std::string>() : std::to_string(place);
}

/// Captions; the script draws each picture above its own. What is beyond the first ten has to be opened.
Html mistakes(const Json& experiment, std::size_t place) {
    constexpr std::size_t kOpen = 10;
    const Json& names = experiment["class_names"];
    Html all;
    for (std::size_t i = 0; i < experiment["optimizers"].size(); ++i) {
        const Json& o = experiment["optimizers"][i];
        Html open;
        Html more;
        for (std::size_t m = 0; m < o["mistakes"].size(); ++m) {
            const Json& one = o["mistakes"][m];
            (m < kOpen ? open : more) +=
                el("li", Html(class_name(names, one["label"]) + " → " + class_name(names, one["predicted"])) +
                             el("br") + el("span.soft", percent(one["probability"], 2)));
        }
        if (open.empty()) continue;
        const std::string data = fmt::format("{} {}", place, i);
        all += el("h4.spaced", o["title"].get<std::string>() + ": surest when wrong") +
               el("ul.pictures", open, {{"data-mistakes", data + " 0"}});
        if (!more.empty())
            all +=
                disclosure(fmt::format("{} more", o["mistakes"].size() - kOpen),
                           el("ul.pictures", more, {{"data-mistakes", fmt::format("{} {}", data, kOpen)}}));
    }
    return all;
}

/// What readers set against each other, of several trainings in one table.
Html joint_results(const Json& report) {
    struct Row {
        const Json* experiment;
        const Json* optimizer;
        const std::vector<Column>* columns;
    };
    std::vector<std::vector<Column>> columns;
    for (const Json& experiment : report["experiments"]) columns.push_back(result_columns(experiment));
    std::vector<Row> rows;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const Json& experiment = report["experiments"][i];
        for (const Json& o : experiment["optimizers"]) rows.push_back({&experiment, &o, &columns[i]});
    }
    std::vector<HtmlColumn<Row>> all{{"Training", "wide", [&](const Row& row) {
                                          return Html(source_name(report, (*row.experiment)["source"]));
                                      }}};
    constexpr std::array<std::size_t, 4> kShown{0, 3, 7, 8};  // of result_columns()
    for (const std::size_t c : kShown)
        all.push_back({columns.front()[c].name, columns.front()[c].kind,
                       [c](const Row& row) { return (*row.columns)[c].cell(*row.optimizer); }});
    return el("div.joint", table(all, rows));
}

bool share_target(const Json& report) {
    const Json& all = report["experiments"];
    return std::ranges::all_of(
        all, [&](const Json& one) { return one["target_accuracy"] == all.front()["target_accuracy"]; });
}

}  // namespace

/// The first sentence leads; what is more than a reader takes in is to be opened.
Html summary_section(const Json& report) {
    constexpr std::ptrdiff_t kMostOpen = 5;
    const std::vector<std::string> texts = report["summary"];
    if (texts.empty()) return {};
    const auto begin = texts.begin() + 1;
    const auto open = begin + std::min(kMostOpen, texts.end() - begin);
    Html all = el("p.lead", texts.front()) + sentences({begin, open});
    if (open != texts.end())
        all +=
            disclosure(fmt::format("{} more sentences", texts.end() - open), sentences({open, texts.end()}));
    return all;
}

Html results_section(const Json& report) {
    const Json& experiments = report["experiments"];
    const bool in_one = experiments.size() > 1 && share_target(report);
    std::vector<Part> each;
    for (const Json& experiment : experiments)
        each.push_back({experiments.size() > 1 ? source_heading(report, experiment["source"]) : "",
                        el("p.note", setting_words(experiment)) +
                            table(result_columns(experiment), experiment["optimizers"]) +
                            sentences(troubles(experiment))});
    if (!in_one) return parts_in_turn(each, each.size());
    const std::string title = fmt::format("The {} trainings one by one, with their settings", each.size());
    return joint_results(report) + parts_in_turn({{title, parts_in_turn(each, 0)}}, 0);
}

Html pictures_section(const Json& report) {
    Html all;
    for (std::size_t i = 0; i < report["data_samples"].size(); ++i)
        all += el("h3", "What " + report["data_samples"][i]["dataset"].get<std::string>() + " looks like") +
               el("p.note", "The first training images of each class.") +
               el("ul.pictures samples", {}, {{"data-samples", std::to_string(i)}});
    const Json& experiments = report["experiments"];
    std::vector<Part> parts;
    for (std::size_t i = 0; i < std::min(experiments.size(), kMostPictured); ++i)
        if (const Html own = mistakes(experiments[i], i); !own.empty())
            parts.push_back(
                {experiments.size() > 1 ? source_heading(report, experiments[i]["source"]) : "", own});
    return all + parts_in_turn(parts, 1, "more trainings") +
           cut_note(std::min(experiments.size(), kMostPictured), experiments.size(), "trainings");
}

}  // namespace mnist
