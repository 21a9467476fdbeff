// The machines beside each other, and who is first: what a reader of several results asks before anything
// else. A machine is what the page calls by one name; its figures are the best of its results that were not
// disturbed, and the results themselves are further down.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "mnist/core/train_config.hpp"
#include "page_numbers.hpp"
#include "page_sections.hpp"

namespace mnist {
namespace {

/// The best of something, and what it is of.
struct Best {
    double value = 0;
    std::string of{};
};

struct MachineRow {
    std::string name;
    std::vector<const Json*> sources;
    std::optional<Best> speed{}, accuracy{}, seconds{};
};

void improve(std::optional<Best>& best, double value, bool is_better, const std::string& of) {
    if (!best || is_better) best = Best{value, of};
}

bool is_spoilt(const Json& row) {
    return !row["disturbed"].is_null() && row["disturbed"]["spoilt"].get<bool>();
}

std::string optimizer_words(const Json& word) {
    const auto kind = word.is_null() ? std::nullopt : optimizer_named(word.get<std::string>());
    return kind ? std::string(title(*kind)) : std::string();
}

/// Every machine with what its results reached.
class Machines {
  public:
    explicit Machines(const Json& report) : report_(report) {
        for (const Json& source : report["sources"]) {
            const std::string name = source["machine"];
            if (name.empty()) continue;
            MachineRow* const known = row_named(name);
            MachineRow& row =
                known == nullptr ? rows.emplace_back(MachineRow{.name = name, .sources = {}}) : *known;
            row.sources.push_back(&source);
        }
        add_speeds();
        add_accuracies();
        add_times();
    }
    std::vector<MachineRow> rows;

  private:
    MachineRow* row_named(const std::string& name) {
        const auto found = std::ranges::find(rows, name, &MachineRow::name);
        return found == rows.end() ? nullptr : &*found;
    }
    MachineRow* row_of(const Json& source) {
        return row_named(report_["sources"][source.get<std::size_t>()]["machine"]);
    }
    void add_speeds() {
        for (const Json& series : report_["throughput"]) {
            MachineRow* row = row_of(series["source"]);
            if (series["family"] != "Train" || row == nullptr) continue;
            for (const Json& point : series["points"]) {
                if (is_spoilt(point)) continue;
                const double speed = point["samples_per_second"]["median"];
                improve(row->speed, speed, row->speed && speed > row->speed->value,
                        fmt::format("{}, batch {}, {}", optimizer_words(series["optimizer"]),
                                    whole(point["batch"]), series["precision"].get<std::string>()));
            }
        }
    }
    void add_accuracies() {
        for (const Json& experiment : report_["experiments"]) {
            MachineRow* row = row_of(experiment["source"]);
            for (const Json& o : experiment["optimizers"]) {
                if (row == nullptr || o["last_accuracy"].is_null() || experiment["synthetic"]) continue;
                const double accuracy = o["last_accuracy"]["mean"];
                improve(row->accuracy, accuracy, row->accuracy && accuracy > row->accuracy->value,
                        fmt::format("{}, {}, {}", o["title"].get<std::string>(),
                                    plural(experiment["epochs"], "epoch"),
                                    experiment["precision"].get<std::string>()));
            }
        }
    }
    void add_times() {
        constexpr double kTarget = 97;
        for (const Json& time : report_["times"]) {
            MachineRow* row = row_of(time["source"]);
            if (row == nullptr || time["target"] != kTarget || time["seconds"].is_null() || is_spoilt(time))
                continue;
            const double seconds = time["seconds"]["median"];
            improve(
                row->seconds, seconds, row->seconds && seconds < row->seconds->value,
                fmt::format("{}, {}", time["record"].is_null() ? time["title"].get<std::string>() : "record",
                            time["precision"].get<std::string>()));
        }
    }
    const Json& report_;
};

Html best_cell(const std::optional<Best>& best, std::string (*format)(const Json&)) {
    return best ? Html(format(best->value) + " ") + el("span.note", best->of) : Html{};
}

}  // namespace

Html machines_section(const Json& report) {
    const Machines machines(report);
    Html all;
    if (machines.rows.size() > 1)
        all += el("p.note", "The best of each machine's results: medians and means.") +
               table<MachineRow>(
                   {{"Machine", "", [](const MachineRow& row) { return Html(row.name); }},
                    {"Results", "number",
                     [](const MachineRow& row) { return Html(std::to_string(row.sources.size())); }},
                    {"Training, samples/s", "",
                     [](const MachineRow& row) { return best_cell(row.speed, whole); }},
                    {"Test accuracy, %", "",
                     [](const MachineRow& row) {
                         return best_cell(row.accuracy, [](const Json& value) { return fixed(value, 2); });
                     }},
                    {"Seconds to 97\u00a0%", "",
                     [](const MachineRow& row) {
                         return best_cell(row.seconds, [](const Json& value) { return fixed(value, 3); });
                     }}},
                   machines.rows);
    for (const Json& one : report["rankings"]) all += ranking_tables(one);
    return all;
}

}  // namespace mnist
