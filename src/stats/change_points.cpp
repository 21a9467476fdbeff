// Every interval is searched once; which of the places found become changes is decided in the order of their
// p, most significant first, among the intervals that no change has cut yet.
#include "mnist/stats/change_points.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <iterator>
#include <limits>
#include <numbers>
#include <numeric>
#include <queue>

#include "mnist/stats/rank_test.hpp"

namespace mnist {
namespace {

constexpr std::size_t kLongest = 2048;

struct Stretch {
    std::size_t begin = 0, end = 0;
    [[nodiscard]] std::size_t length() const { return end - begin; }
    [[nodiscard]] bool is_searched() const {
        return length() >= 2 * kLeastChangeSide && length() <= kLongest;
    }
};

struct Candidate {
    Stretch stretch;
    ChangePoint change;
};

std::size_t places(std::size_t values) {
    return values < 2 * kLeastChangeSide ? 0 : values - 2 * kLeastChangeSide + 1;
}

/// Twice the mean ranks, so that they are whole: at most 2 kLongest, and their sums below 2^31.
std::vector<std::int32_t> doubled_ranks(std::span<const double> values) {
    std::vector<std::uint32_t> order(values.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(), [&](auto a, auto b) { return values[a] < values[b]; });
    std::vector<std::int32_t> ranks(values.size());
    for (auto group = order.begin(); group != order.end();) {
        const auto end =
            std::find_if(group, order.end(), [&](auto i) { return values[i] != values[*group]; });
        const auto rank = (group - order.begin()) + (end - order.begin()) + 1;
        for (; group != end; ++group) ranks[*group] = static_cast<std::int32_t>(rank);
    }
    return ranks;
}

/// The place with the greatest Q. Precondition: at least one place.
std::size_t best_place(const std::vector<std::int32_t>& ranks) {
    const std::size_t n = ranks.size();
    const auto distances = [&](std::size_t from, std::size_t begin, std::size_t end) {
        std::int32_t sum = 0;
        for (std::size_t i = begin; i < end; ++i) sum += std::abs(ranks[from] - ranks[i]);
        return static_cast<double>(sum);
    };
    double before = 0;  // sums over pairs
    double between = 0;
    double after = 0;
    for (std::size_t i = 0; i < n; ++i) after += distances(i, i, n);
    double greatest = -std::numeric_limits<double>::infinity();
    std::size_t best = kLeastChangeSide;
    for (std::size_t place = 1; place + kLeastChangeSide <= n; ++place) {
        const double left = distances(place - 1, 0, place - 1);
        const double right = distances(place - 1, place, n);
        before += left;
        after -= right;
        between += right - left;
        if (place < kLeastChangeSide) continue;
        const auto x = static_cast<double>(place);
        const auto y = static_cast<double>(n - place);
        const double q = x * y / (x + y) *
                         (2 * between / (x * y) - 2 * before / (x * (x - 1)) - 2 * after / (y * (y - 1)));
        if (q > greatest) {
            greatest = q;
            best = place;
        }
    }
    return best;
}

/// Whether the ranks before the place differ from those after it by more than the best of as many places does
/// by chance; spares the exact test, and asks less than any alpha.
bool is_worth_a_test(const std::vector<std::int32_t>& ranks, std::size_t place) {
    const auto n = static_cast<double>(ranks.size());
    const auto x = static_cast<double>(place);
    double sum = 0;
    double squares = 0;
    for (std::size_t i = 0; i < ranks.size(); ++i) {
        const double deviation = static_cast<double>(ranks[i]) - (n + 1);
        if (i < place) sum += deviation;
        squares += deviation * deviation;
    }
    const double variance = x * (n - x) / (n * (n - 1)) * squares;
    return variance > 0 &&
           std::erfc(std::abs(sum) / std::sqrt(2 * variance)) * static_cast<double>(places(ranks.size())) < 1;
}

void search(std::span<const double> values, Stretch stretch, double factor, double alpha,
            std::vector<Candidate>& found) {
    if (!stretch.is_searched()) return;
    const std::span<const double> part = values.subspan(stretch.begin, stretch.length());
    const std::vector<std::int32_t> ranks = doubled_ranks(part);
    const std::size_t place = best_place(ranks);
    if (!is_worth_a_test(ranks, place)) return;
    const double p = factor * mann_whitney_test(part.first(place), part.subspan(place)).value().p;
    if (p <= alpha) found.push_back({stretch, {stretch.begin + place, p}});
}

/// Of the first value, the first two, ... the sum of absolute deviations from their median.
template <class Iterator>
std::vector<double> running_deviations(Iterator begin, Iterator end) {
    std::priority_queue<double> low;  // the half up to the median, which is its top
    std::priority_queue<double, std::vector<double>, std::greater<>> high;
    double low_sum = 0;
    double high_sum = 0;
    std::vector<double> sums;
    const auto move = [](auto& from, double& from_sum, auto& to, double& to_sum) {
        from_sum -= from.top();
        to_sum += from.top();
        to.push(from.top());
        from.pop();
    };
    for (; begin != end; ++begin) {
        low.push(*begin);
        low_sum += *begin;
        move(low, low_sum, high, high_sum);
        if (high.size() > low.size()) move(high, high_sum, low, low_sum);
        sums.push_back(high_sum - low_sum + (low.size() > high.size() ? low.top() : 0));
    }
    return sums;
}

/// Overlapping intervals, long ones first, as far down as they could show anything.
std::vector<Stretch> seeds(std::size_t n, double alpha) {
    std::vector<Stretch> all;
    double tried = 0;
    for (std::size_t parts = 2; n / parts >= 2 * kLeastChangeSide; parts *= 2) {
        const std::size_t length = n / parts;
        const std::size_t count = 2 * parts - 1;
        tried += static_cast<double>(count * places(length));
        if (2 * tried * least_mann_whitney_p(length / 2, length - length / 2) > alpha) break;
        if (length > kLongest) continue;
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t begin = i * (n - length) / (count - 1);
            all.push_back({begin, begin + length});
        }
    }
    return all;
}

}  // namespace

std::vector<ChangePoint> change_points(std::span<const double> values, double alpha) {
    const std::size_t n = values.size();
    const std::vector<Stretch> overlapping = seeds(n, alpha);
    const double shares = overlapping.empty() ? 1 : 2;
    double tried = 0;
    for (const Stretch& stretch : overlapping) tried += static_cast<double>(places(stretch.length()));
    std::vector<Candidate> open;
    for (const Stretch& stretch : overlapping) search(values, stretch, shares * tried, alpha, open);
    const double factor = shares * static_cast<double>(places(n));
    search(values, {0, n}, factor, alpha, open);

    std::vector<ChangePoint> found;
    std::vector<std::size_t> cuts{0, n};
    double greatest = 0;
    while (!open.empty()) {
        const ChangePoint next = std::min_element(open.begin(), open.end(), [](const auto& a, const auto& b) {
                                     return a.change.p < b.change.p;
                                 })->change;
        greatest = std::max(greatest, next.p);
        found.push_back({next.place, std::min(1.0, greatest)});
        const auto after = cuts.insert(std::upper_bound(cuts.begin(), cuts.end(), next.place), next.place);
        std::erase_if(open, [&](const Candidate& candidate) {
            return candidate.stretch.begin < next.place && next.place < candidate.stretch.end;
        });
        search(values, {*std::prev(after), *after}, factor, alpha, open);
        search(values, {*after, *std::next(after)}, factor, alpha, open);
    }
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.place < b.place; });
    for (std::size_t i = 0; i < found.size(); ++i) {
        const Stretch between{i == 0 ? 0 : found[i - 1].place,
                              i + 1 == found.size() ? n : found[i + 1].place};
        if (!between.is_searched()) continue;
        found[i].place =
            between.begin + best_place(doubled_ranks(values.subspan(between.begin, between.length())));
    }
    return found;
}

std::optional<StepFit> likeliest_step(std::span<const double> values) {
    const std::size_t n = values.size();
    if (n < 2 * kLeastChangeSide) return std::nullopt;
    const std::vector<double> before = running_deviations(values.begin(), values.end());
    const std::vector<double> after = running_deviations(values.rbegin(), values.rend());
    StepFit best{0, std::numeric_limits<double>::infinity()};
    for (std::size_t place = kLeastChangeSide; place + kLeastChangeSide <= n; ++place) {
        const double deviation = before[place - 1] + after[n - place - 1];
        if (deviation < best.deviation) best = {place, deviation};
    }
    return best;
}

double least_change_point_p(std::size_t values) {
    if (values < 2 * kLeastChangeSide) return 1;
    return std::min(
        1.0, static_cast<double>(places(values)) * least_mann_whitney_p(values / 2, values - values / 2));
}

}  // namespace mnist
