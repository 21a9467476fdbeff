// What people read of a history: groups that changed first and whole, all others in a line.
#include <fmt/format.h>

#include "golden_text.hpp"
#include "mnist/report/history_report.hpp"

using mnist_test::check_golden;

namespace {

using mnist::Cause;
using mnist::History;
using mnist::HistoryGroup;

/// One benchmark with so many points, a day each.
HistoryGroup group(const std::string& configuration, std::size_t points) {
    HistoryGroup group{
        .machine = "Some CPU, 2 threads", .configuration = configuration, .places = {}, .series = {}};
    mnist::HistoryLine line{.benchmark = "Train/Adam/batch:64", .places = {}, .points = {}, .changes = {}};
    for (std::size_t i = 0; i < points; ++i) {
        mnist::HistoryPlace place;
        place.name = place.date = fmt::format("2026-01-{:02}T12:00:00Z", i + 1);
        place.files = 1;
        group.places.push_back(place);
        line.places.push_back(i);
        line.points.push_back({.seconds = i < 6 ? 0.010 : 0.012});
    }
    group.series = {line};
    return group;
}

HistoryGroup changed_group() {
    HistoryGroup changed = group("epochs 5", 12);
    changed.series.push_back(changed.series.front());
    changed.series.back().benchmark = "Train/SGD/batch:64";
    changed.series.front().changes = {{.place = 6,
                                       .cause = Cause::program,
                                       .ratio = 0.8333,
                                       .interval = mnist::Interval{.lower = 0.82, .upper = 0.84},
                                       .corrected_ratio = 0.8333,
                                       .corrected_interval = mnist::Interval{.lower = 0.82, .upper = 0.84},
                                       .compute_ratio = 1.001,
                                       .p_adjusted = 0.002}};
    return changed;
}

History history(std::vector<HistoryGroup> groups) {
    History history;
    history.files = 12;
    history.groups = std::move(groups);
    history.left_out = {{"old.json", "its clock was not set: 1970-01-01T00:00:00Z"}};
    return history;
}

}  // namespace

TEST_CASE("history: the group that changed stands first, and the titles of few others below it") {
    const History few = history({group("epochs 1", 4), group("epochs 3", 12), changed_group()});
    check_golden("history.txt", mnist::history_text(few, true, {}));
    check_golden("history.md", mnist::history_markdown(few, true));
}

TEST_CASE("history: twenty groups without changes are one line, which says whether they are too short") {
    const auto lines_of = [](const History& history) {
        const std::string text = mnist::history_text(history, false, {});
        CHECK(mnist::history_markdown(history, false).find("epochs 1`") == std::string::npos);
        CHECK(text.find("epochs 1)") == std::string::npos);
        return text;
    };
    std::vector<HistoryGroup> groups(20, group("epochs 1", 20));
    CHECK(lines_of(history(groups)).find("No change in 20 series of 20 groups\n") != std::string::npos);
    groups[3] = groups[4] = group("epochs 1", 9);
    CHECK(lines_of(history(groups))
              .find(fmt::format("(below {}): 2 groups\n", mnist::points_needed(19, 0.05))) !=
          std::string::npos);
    CHECK(lines_of(history(std::vector<HistoryGroup>(20, group("epochs 1", 9)))).find("(below 10): all\n") !=
          std::string::npos);
}
