// Written key by key in the order of the contract; series as columns, since they may have thousands of
// points.
#include <nlohmann/json.hpp>

#include "history_words.hpp"
#include "json_words.hpp"
#include "mnist/report/history_report.hpp"

namespace mnist {
namespace {

using nlohmann::ordered_json;

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

}  // namespace

ordered_json change_json(const ShownChange& shown) {
    const Change& change = *shown.change;
    const bool is_time = change.quantity == Quantity::time;
    return {{"place", shown.line->places[change.place]},
            {"after", shown.before().name},
            {"since", shown.after().name},
            {"quantity", word(change.quantity)},
            {"cause", word(change.cause)},
            {"unexplained_regression", is_unexplained_regression(change)},
            {"ratio", is_time ? or_null(change.ratio) : ordered_json(nullptr)},
            {"difference", is_time ? ordered_json(nullptr) : or_null(change.difference)},
            {"low", end_or_null(change.interval, &Interval::lower)},
            {"high", end_or_null(change.interval, &Interval::upper)},
            {"corrected_ratio", or_null(change.corrected_ratio)},
            {"corrected_low", end_or_null(change.corrected_interval, &Interval::lower)},
            {"corrected_high", end_or_null(change.corrected_interval, &Interval::upper)},
            {"compute_ratio", or_null(change.compute_ratio)},
            {"memory_ratio", or_null(change.memory_ratio)},
            {"p_adjusted", or_null(change.p_adjusted)}};
}

namespace {

ordered_json line_json(const HistoryGroup& group, const HistoryLine& line) {
    ordered_json json{{"benchmark", line.benchmark}, {"places", line.places}};
    const auto column = [&](const char* key, const auto& value) {
        json[key] = json_list(line.points, value);
    };
    column("seconds", [](const HistoryPoint& point) { return ordered_json(point.seconds); });
    column("accuracy", [](const HistoryPoint& point) { return or_null(point.accuracy); });
    column("compute_seconds", [](const HistoryPoint& point) { return or_null(point.compute_seconds); });
    column("memory_seconds", [](const HistoryPoint& point) { return or_null(point.memory_seconds); });
    column("disturbed", [](const HistoryPoint& point) { return ordered_json(point.disturbed); });
    json["changes"] = json_list(line.changes, [&](const Change& change) {
        return change_json({&group, &line, &change});
    });
    return json;
}

}  // namespace

std::string history_json(const History& history, bool is_gate) {
    ordered_json root{
        {"schema", "mnist-history/1"}, {"order", word(history.order)}, {"files", history.files}};
    root["gate"] = is_gate ? ordered_json{{"outcome", has_new_regression(history) ? "failed" : "passed"},
                                          {"reason", history_gate(history)}}
                           : ordered_json(nullptr);
    root["groups"] = json_list(history.groups, [](const HistoryGroup& group) {
        return ordered_json{{"machine", group.machine},
                            {"configuration", group.configuration},
                            {"places", json_list(group.places, place_json)},
                            {"series", json_list(group.series, [&](const HistoryLine& line) {
                                 return line_json(group, line);
                             })}};
    });
    root["left_out"] = json_list(history.left_out, [](const LeftOut& one) {
        return ordered_json{{"what", one.what}, {"why", one.why}};
    });
    root["remarks"] = history.remarks;
    return json_text(root);
}

}  // namespace mnist
