// Written key by key in the order of the contract; series as columns, since they may have thousands of
// points.
#include <cmath>
#include <nlohmann/json.hpp>

#include "history_words.hpp"
#include "mnist/report/history_report.hpp"

namespace mnist {
namespace {

using nlohmann::ordered_json;

ordered_json number_or_null(const std::optional<double>& value) {
    return value && std::isfinite(*value) ? ordered_json(*value) : ordered_json(nullptr);
}

ordered_json text_or_null(const std::string& text) {
    return text.empty() ? ordered_json(nullptr) : ordered_json(text);
}

std::optional<double> end_of(const std::optional<Interval>& interval, double Interval::*end) {
    return interval ? std::optional((*interval).*end) : std::nullopt;
}

ordered_json place_json(const HistoryPlace& place) {
    return {{"name", place.name},
            {"commit", text_or_null(place.commit)},
            {"committed", text_or_null(place.committed)},
            {"date", text_or_null(place.date)},
            {"onednn", text_or_null(place.onednn)},
            {"label", text_or_null(place.label)},
            {"kernel", text_or_null(place.kernel)},
            {"compiler", text_or_null(place.compiler)},
            {"files", place.files}};
}

ordered_json change_figures(const ShownChange& shown) {
    const Change& change = *shown.change;
    const bool is_time = change.quantity == Quantity::time;
    return {{"place", shown.line->places[change.place]},
            {"after", shown.before().name},
            {"since", shown.after().name},
            {"quantity", word(change.quantity)},
            {"cause", word(change.cause)},
            {"unexplained_regression", is_unexplained_regression(change)},
            {"ratio", is_time ? number_or_null(change.ratio) : ordered_json(nullptr)},
            {"difference", is_time ? ordered_json(nullptr) : number_or_null(change.difference)},
            {"low", number_or_null(end_of(change.interval, &Interval::lower))},
            {"high", number_or_null(end_of(change.interval, &Interval::upper))},
            {"corrected_ratio", number_or_null(change.corrected_ratio)},
            {"corrected_low", number_or_null(end_of(change.corrected_interval, &Interval::lower))},
            {"corrected_high", number_or_null(end_of(change.corrected_interval, &Interval::upper))},
            {"compute_ratio", number_or_null(change.compute_ratio)},
            {"memory_ratio", number_or_null(change.memory_ratio)},
            {"p_adjusted", number_or_null(change.p_adjusted)}};
}

ordered_json line_json(const HistoryGroup& group, const HistoryLine& line) {
    ordered_json json{{"benchmark", line.benchmark}, {"places", line.places}};
    const auto column = [&](const char* key, const auto& value) {
        ordered_json values = ordered_json::array();
        for (const HistoryPoint& point : line.points) values.push_back(value(point));
        json[key] = std::move(values);
    };
    column("seconds", [](const HistoryPoint& point) { return ordered_json(point.seconds); });
    column("accuracy", [](const HistoryPoint& point) { return number_or_null(point.accuracy); });
    column("compute_seconds",
           [](const HistoryPoint& point) { return number_or_null(point.compute_seconds); });
    column("memory_seconds", [](const HistoryPoint& point) { return number_or_null(point.memory_seconds); });
    column("disturbed", [](const HistoryPoint& point) { return ordered_json(point.disturbed); });
    ordered_json changes = ordered_json::array();
    for (const Change& change : line.changes) changes.push_back(change_figures({&group, &line, &change}));
    json["changes"] = std::move(changes);
    return json;
}

}  // namespace

std::string history_json(const History& history, bool is_gate) {
    ordered_json root{
        {"schema", "mnist-history/1"}, {"order", word(history.order)}, {"files", history.files}};
    root["gate"] = is_gate ? ordered_json{{"outcome", has_new_regression(history) ? "failed" : "passed"},
                                          {"reason", history_gate(history)}}
                           : ordered_json(nullptr);
    root["groups"] = ordered_json::array();
    for (const HistoryGroup& group : history.groups) {
        ordered_json places = ordered_json::array();
        for (const HistoryPlace& place : group.places) places.push_back(place_json(place));
        ordered_json series = ordered_json::array();
        for (const HistoryLine& line : group.series) series.push_back(line_json(group, line));
        root["groups"].push_back({{"machine", group.machine},
                                  {"configuration", group.configuration},
                                  {"places", std::move(places)},
                                  {"series", std::move(series)}});
    }
    root["left_out"] = ordered_json::array();
    for (const LeftOut& one : history.left_out)
        root["left_out"].push_back({{"what", one.what}, {"why", one.why}});
    root["remarks"] = history.remarks;
    return root.dump(1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace mnist
