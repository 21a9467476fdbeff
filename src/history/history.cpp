// From files to series: places first, then groups, then one series a benchmark, then all changes at once,
// because the correction is for all of them.
#include "mnist/history/history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <numeric>
#include <set>

#include "mnist/stats/summary.hpp"
#include "stamps.hpp"

namespace mnist {
namespace {

bool is_wanted_machine(const HistoryReading& reading, const HistorySettings& settings) {
    constexpr std::array kNames{"mnist.machine.cpu_model", "mnist.label", "host_name"};
    return !settings.machine || std::any_of(kNames.begin(), kNames.end(), [&](const char* key) {
        return std::regex_search(fact_of(reading, key), *settings.machine);
    });
}

/// Names as they shall be, and only the rows that are wanted. A row whose new name another row of the file
/// has is left out: it is another measurement.
void change_rows(HistoryFile& file, const HistorySettings& settings, History& history) {
    if (settings.renames.empty() && !settings.benchmark) return;
    std::set<std::string> names;
    for (const HistoryRow& row : file.reading.rows) names.insert(row.name);
    std::vector<HistoryRow> kept;
    for (HistoryRow& row : file.reading.rows) {
        std::string name = row.name;
        for (const Rename& rename : settings.renames) name = std::regex_replace(name, rename.from, rename.to);
        if (settings.benchmark && !std::regex_search(name, *settings.benchmark)) continue;
        if (name != row.name && (name.empty() || !names.insert(name).second)) {
            history.left_out.push_back(
                {fmt::format("{}, {}", file.path, row.name),
                 name.empty() ? "nothing is left of its name" : fmt::format("{} is there beside it", name)});
            continue;
        }
        row.name = std::move(name);
        kept.push_back(std::move(row));
    }
    file.reading.rows = std::move(kept);
}

std::optional<double> median_of(const std::vector<const HistoryRow*>& rows,
                                std::optional<double> HistoryRow::*member) {
    std::vector<double> values;
    for (const HistoryRow* row : rows)
        if (row->*member) values.push_back(*(row->*member));
    return median(values);
}

HistoryPoint pooled(const std::vector<const HistoryRow*>& all) {
    std::vector<const HistoryRow*> rows;  // whose times say something
    std::copy_if(all.begin(), all.end(), std::back_inserter(rows),
                 [](const HistoryRow* row) { return !row->disturbed; });
    HistoryPoint point;
    point.disturbed = rows.empty();
    if (rows.empty()) rows = all;
    std::vector<double> seconds;
    for (const HistoryRow* row : rows) seconds.push_back(row->seconds);
    point.seconds = median(seconds).value_or(0);
    point.compute_seconds = median_of(rows, &HistoryRow::compute_seconds);
    point.memory_seconds = median_of(rows, &HistoryRow::memory_seconds);
    double percent = 0;
    double runs = 0;
    for (const HistoryRow* row : all) {
        percent += row->accuracy.value_or(0) * row->runs;
        runs += row->runs;
    }
    if (runs > 0) point.accuracy = percent / runs;
    return point;
}

std::string place_name(const PlacedFile& file, HistoryOrder order) {
    constexpr std::size_t kDigits = 12;
    switch (order) {
        case HistoryOrder::commit:
            return file.commit->hash.substr(0, kDigits) + (file.key.is_dirty ? "+" : "");
        case HistoryOrder::date:
            return time_text(*file.measured_s);
        case HistoryOrder::onednn:
        case HistoryOrder::label:
            break;
    }
    return file.key.text;
}

/// `text` where all files agree.
void agree(std::string& text, const std::string& value, bool is_first) {
    if (is_first) text = value;
    if (text != value) text.clear();
}

void add_file(HistoryPlace& place, const PlacedFile& file, HistoryOrder order) {
    const HistoryReading& reading = file.file->reading;
    const bool first = place.files++ == 0;
    if (first) place.name = place_name(file, order);
    agree(place.commit, file.commit != nullptr ? file.commit->hash : fact_of(reading, "mnist.build.commit"),
          first);
    agree(place.onednn, fact_of(reading, "mnist.build.onednn"), first);
    agree(place.label, fact_of(reading, "mnist.label"), first);
    agree(place.kernel, fact_of(reading, "mnist.machine.kernel"), first);
    agree(place.compiler, fact_of(reading, "mnist.build.compiler"), first);
    const std::string date = file.measured_s ? time_text(*file.measured_s) : std::string();
    if (place.date.empty() || (!date.empty() && date < place.date)) place.date = date;
    if (file.commit != nullptr) place.committed = time_text(file.commit->time_s);
}

struct NaturalOrder {
    bool operator()(std::string_view a, std::string_view b) const { return numbers_less(a, b); }
};

/// Of files of one group, in order.
HistoryGroup group_of(const std::vector<const PlacedFile*>& files, HistoryOrder order) {
    HistoryGroup group;
    using Rows = std::map<std::size_t, std::vector<const HistoryRow*>>;  // by place
    std::map<std::string_view, Rows, NaturalOrder> benchmarks;
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (i == 0 || !(files[i]->key == files[i - 1]->key)) group.places.emplace_back();
        add_file(group.places.back(), *files[i], order);
        for (const HistoryRow& row : files[i]->file->reading.rows)
            benchmarks[row.name][group.places.size() - 1].push_back(&row);
    }
    for (const auto& [name, places] : benchmarks) {
        HistoryLine line{.benchmark = std::string(name), .places = {}, .points = {}, .changes = {}};
        for (const auto& [place, rows] : places) {
            line.places.push_back(place);
            line.points.push_back(pooled(rows));
        }
        group.series.push_back(std::move(line));
    }
    return group;
}

void add_changes(History& history) {
    std::vector<HistorySeries> series;
    for (const HistoryGroup& group : history.groups)
        for (const HistoryLine& line : group.series) series.emplace_back(line.points);
    auto changes = find_changes(series, history.settings);
    std::size_t next = 0;
    for (HistoryGroup& group : history.groups)
        for (HistoryLine& line : group.series) line.changes = std::move(changes.at(next++));
}

template <class Count>
std::size_t sum_over_series(const History& history, const Count& count) {
    std::size_t sum = 0;
    for (const HistoryGroup& group : history.groups)
        for (const HistoryLine& line : group.series) sum += count(line);
    return sum;
}

}  // namespace

std::string_view word(HistoryOrder order) {
    constexpr std::array<std::string_view, 4> kWords{"commit", "date", "onednn", "label"};
    return kWords.at(static_cast<std::size_t>(order));
}

std::size_t History::series() const {
    return sum_over_series(*this, [](const HistoryLine&) { return std::size_t{1}; });
}

std::size_t History::points() const {
    return sum_over_series(*this, [](const HistoryLine& line) { return line.points.size(); });
}

bool numbers_less(std::string_view a, std::string_view b) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    const auto number = [&](std::string_view& text) {
        const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
        std::string_view digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
        text.remove_prefix(digits.size());
        digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
        return digits;
    };
    std::string_view x = a;
    std::string_view y = b;
    while (!x.empty() && !y.empty()) {
        if (is_digit(x.front()) && is_digit(y.front())) {
            const std::string_view m = number(x);
            const std::string_view n = number(y);
            if (m != n) return m.size() != n.size() ? m.size() < n.size() : m < n;
            continue;
        }
        if (x.front() != y.front()) return x.front() < y.front();
        x.remove_prefix(1);
        y.remove_prefix(1);
    }
    if (x.size() != y.size()) return x.size() < y.size();
    return a < b;  // "07" and "7" are two names
}

bool knows_any(std::span<const Commit> commits, const HistoryFiles& files) {
    std::set<std::string_view> hashes;
    for (const Commit& commit : commits) hashes.insert(commit.hash);
    return std::any_of(files.files.begin(), files.files.end(), [&](const HistoryFile& file) {
        return hashes.contains(fact_of(file.reading, "mnist.build.commit"));
    });
}

History history_of(HistoryFiles files, std::span<const Commit> commits, const HistorySettings& settings) {
    History history;
    history.order = settings.order;
    history.settings = settings.changes;
    history.left_out = std::move(files.left_out);
    std::erase_if(files.files,
                  [&](const HistoryFile& file) { return !is_wanted_machine(file.reading, settings); });
    for (HistoryFile& file : files.files) change_rows(file, settings, history);
    std::vector<PlacedFile> all = placed(files.files, commits, settings, history);
    std::stable_sort(all.begin(), all.end(),
                     [](const PlacedFile& a, const PlacedFile& b) { return a.key < b.key; });
    std::vector<const HistoryReading*> examples;
    for (const std::vector<std::size_t>& members : grouped_files(all)) {
        std::vector<const PlacedFile*> own;
        for (const std::size_t i : members) own.push_back(&all[i]);
        HistoryGroup group = group_of(own, settings.order);
        if (group.series.empty()) continue;  // none of its rows is wanted
        history.groups.push_back(std::move(group));
        history.files += own.size();
        examples.push_back(&own.front()->file->reading);
    }
    name_groups(history.groups, examples);
    add_changes(history);
    return history;
}

std::vector<std::size_t> points_needed(const History& history) {
    const auto is_long = [](const HistoryLine& line) { return line.points.size() >= kFewestPoints; };
    const std::size_t tested = sum_over_series(
        history, [&](const HistoryLine& line) { return is_long(line) ? tests_of(line.points) : 0; });
    std::vector<std::size_t> needed;
    for (const HistoryGroup& group : history.groups) {
        std::size_t tests = tested;
        for (const HistoryLine& line : group.series) tests += is_long(line) ? 0 : tests_of(line.points);
        needed.push_back(points_needed(tests, history.settings.alpha));
    }
    return needed;
}

bool has_new_regression(const History& history) {
    return sum_over_series(history, [&](const HistoryLine& line) {
               return static_cast<std::size_t>(
                   has_new_regression(line.changes, line.points.size(), history.settings));
           }) > 0;
}

}  // namespace mnist
