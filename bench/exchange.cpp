// Calibrate/Exchange: what a step's exchange costs without the step. Sums of so many bytes of weights go to
// their owners and the weights to all, by the very calls that a step makes; the time of few bytes is latency,
// that of many bandwidth. Left out: waiting for a slower rank, since all begin together here.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <set>

#include "families.hpp"
#include "mnist/cluster/cluster.hpp"
#include "mnist/core/error.hpp"

namespace mnist::bench {
namespace {

// The buffers of one rank, in blocks of nearly equal size, one for each.
class WeightsInTransit {
  public:
    WeightsInTransit(Exchange& exchange, std::size_t floats) : exchange_(exchange), all_(floats) {
        const std::size_t ranks = std::max<std::size_t>(1, exchange.ranks());  // the analyzer knows no least
        const auto block = [&](std::size_t r) { return (r + 1) * floats / ranks - r * floats / ranks; };
        const std::size_t own = exchange.rank();
        for (std::size_t r = 0; r < ranks; ++r) {
            append(published_, block(r));
            append(sent_, r == own ? 0 : block(r));
            append(arriving_, r == own ? 0 : block(own));
        }
        send_.assign(floats, mark(own));
        received_.resize(ranks * block(own));
        std::fill_n(all_.begin() + published_.offsets[own], block(own), mark(own));
    }
    void exchange() {
        exchange_.to_owners(send_.data(), sent_, received_.data(), arriving_);
        exchange_.publish(all_.data(), published_);
    }
    /// Throws where some number is not its sender's.
    void check() const {
        for (std::size_t r = 0; r < exchange_.ranks(); ++r) {
            if (!is_of(received_, arriving_, r) || !is_of(all_, published_, r))
                throw Error(fmt::format("numbers of rank {} were received wrong", r));
        }
    }

  private:
    static float mark(std::size_t rank) { return static_cast<float>(rank + 1); }
    static void append(Segments& segments, std::size_t floats) {
        const int end = segments.counts.empty() ? 0 : segments.offsets.back() + segments.counts.back();
        segments.counts.push_back(static_cast<int>(floats));
        segments.offsets.push_back(end);
    }
    static bool is_of(const std::vector<float>& floats, const Segments& segments, std::size_t r) {
        const auto first = floats.begin() + segments.offsets[r];
        return std::all_of(first, first + segments.counts[r], [&](float one) { return one == mark(r); });
    }

    Exchange& exchange_;
    Segments sent_, arriving_, published_;
    std::vector<float> send_, received_, all_;
};

// Buffers of an exchange that failed stay: others may still write into them.
template <class Run>
void with_weights(Bench& bench, std::size_t bytes, Run&& run) {
    auto weights = std::make_unique<WeightsInTransit>(*bench.cluster, bytes / sizeof(float));
    try {
        run(*weights);
    } catch (...) {
        static_cast<void>(weights.release());
        throw;
    }
    weights->check();
}

void exchange_bytes(Call& call, Bench& bench, std::size_t bytes) {
    double all_s = 0;
    with_weights(bench, bytes, [&](WeightsInTransit& weights) {
        const auto begin = std::chrono::steady_clock::now();
        while (call.state.KeepRunning()) weights.exchange();
        all_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    });
    const double others = static_cast<double>(bench.ranks() - 1) / static_cast<double>(bench.ranks());
    const double sent = 2 * others * static_cast<double>(bytes);
    call.count("sent_bytes", sent);
    call.count("gb_per_second", sent * static_cast<double>(call.state.iterations()) / all_s * 1e-9);
}

void serve_exchange(const RankPart& part, Bench& bench, std::size_t bytes) {
    with_weights(bench, bytes, [&](WeightsInTransit& weights) {
        for (std::int64_t i = 0; i < part.iterations; ++i) weights.exchange();
    });
}

std::size_t network_bytes(const std::vector<std::size_t>& dims) {
    std::size_t floats = 0;
    for (std::size_t l = 0; l + 1 < dims.size(); ++l) floats += (dims[l] + 1) * dims[l + 1];
    return floats * sizeof(float);
}

}  // namespace

void add_exchange(Registry& registry, Bench& bench) {
    std::set<std::size_t> sizes{64, 1024, 16384, 262144, 4194304};
    sizes.insert(network_bytes(bench.dims()));
    for (const std::size_t bytes : sizes)
        registry.push_back(
            {.name = fmt::format("Calibrate/Exchange/bytes:{}{}", bytes, bench.ranks_suffix()),
             .run = [&bench, bytes](Call& call) { exchange_bytes(call, bench, bytes); },
             .serve = [&bench, bytes](const RankPart& part) { serve_exchange(part, bench, bytes); }});
}

}  // namespace mnist::bench
