// Segments: a rank's sums for an owner, one after the other, and behind them a line with its wish to stop.
// Its sums for itself lie among those that it receives.
#include "ranked_step.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <limits>

#include "mnist/core/error.hpp"
#include "part_sums.hpp"

namespace mnist {
namespace {

constexpr UnitArrays kWeights{&LayerMemory::weights, &LayerMemory::bias};

// Behind the segments that are there already.
void append(Segments& segments, std::size_t floats, std::size_t& all) {
    if (all + floats > static_cast<std::size_t>(std::numeric_limits<int>::max()))
        throw ShapeError("the network is too large for ranks to exchange");
    segments.counts.push_back(static_cast<int>(floats));
    segments.offsets.push_back(static_cast<int>(all));
    all += floats;
}

std::size_t floats_of(const Segments& segments) {
    return static_cast<std::size_t>(segments.offsets.back()) +
           static_cast<std::size_t>(segments.counts.back());
}

class SecondsInto {
  public:
    explicit SecondsInto(double& sum) : sum_(sum) {}
    ~SecondsInto() { sum_ += std::chrono::duration<double>(Clock::now() - begin_).count(); }
    SecondsInto(const SecondsInto&) = delete;
    SecondsInto& operator=(const SecondsInto&) = delete;

  private:
    using Clock = std::chrono::steady_clock;
    double& sum_;
    Clock::time_point begin_ = Clock::now();
};

}  // namespace

RankedStep::RankedStep(Exchange& exchange, std::vector<LayerMemory>& layers, const BatchCut& full,
                       const std::optional<BatchCut>& last, std::size_t workers, Isa isa,
                       std::pmr::memory_resource* memory)
    : exchange_(exchange),
      layers_(layers),
      rank_(exchange.rank()),
      ranks_(exchange.ranks()),
      workers_(workers),
      isa_(isa),
      blocks_(layers, ranks_),
      full_(shape_of(full)),
      last_(shape_of(last.value_or(full))) {
    std::size_t all = 0;
    for (std::size_t r = 0; r < ranks_; ++r) append(published_, blocks_.floats(r), all);
    const auto larger = [&](Segments Shape::*of) {
        return AlignedVector<float>(std::max(floats_of(full_.*of), floats_of(last_.*of)), 0.0F, memory);
    };
    send_ = larger(&Shape::sent);
    received_ = larger(&Shape::received);
    all_ = AlignedVector<float>(all, 0.0F, memory);
}

RankedStep::Shape RankedStep::shape_of(const BatchCut& cut) const {
    Shape shape;
    std::vector<SumNode> nodes;
    for (std::size_t r = 0; r < ranks_; ++r) {
        const std::vector<SumNode> of_rank = own_leaves(cut, r, ranks_, 1).left;
        shape.sums.push_back(of_rank.size());
        nodes.insert(nodes.end(), of_rank.begin(), of_rank.end());
    }
    shape.plan = plan_sums(nodes, true);
    std::size_t sent = 0;
    std::size_t received = 0;
    for (std::size_t r = 0; r < ranks_; ++r) {
        append(shape.sent, r == rank_ ? 0 : shape.sums[rank_] * blocks_.floats(r) + kLane, sent);
        append(shape.received, shape.sums[r] * blocks_.floats(rank_) + kLane, received);
    }
    shape.arriving = shape.received;
    shape.arriving.counts[rank_] = 0;
    return shape;
}

// Some more than workers, so that one that comes late holds nobody up.
std::size_t RankedStep::lots_of(std::size_t first, std::size_t end) const {
    return workers_ == 1 ? 1 : std::min(end - first, 4 * workers_);
}

template <class Work>
void RankedStep::each_of_lot(std::size_t lot, std::size_t first, std::size_t end, Work&& work) const {
    const std::size_t lots = lots_of(first, end);
    const std::size_t count = end - first;
    for (std::size_t u = lot * count / lots; u < (lot + 1) * count / lots; ++u)
        work(blocks_.units()[first + u]);
}

void RankedStep::pack(std::size_t lot, const OwnLeaves& own, bool last) {
    const Shape& shape = this->shape(last);
    each_of_lot(lot, 0, blocks_.units().size(), [&](const Unit& unit) {
        float* to = unit.rank == rank_ ? received_.data() + shape.received.offsets[rank_]
                                       : send_.data() + shape.sent.offsets[unit.rank];
        to += unit.at;
        for (const std::size_t buffer : own.left_at) {
            pack_gradient(layers_[unit.layer], unit, buffer, to);
            to += blocks_.floats(unit.rank);
        }
    });
}

void RankedStep::send_sums(bool stop, bool last) {
    const SecondsInto seconds(exchange_s_);
    const Shape& shape = this->shape(last);
    const auto wish = [](const Segments& segments, std::size_t r) {
        return static_cast<std::size_t>(segments.offsets[r] + segments.counts[r]) - kLane;
    };
    for (std::size_t r = 0; r < ranks_; ++r)
        if (r != rank_) send_[wish(shape.sent, r)] = stop ? 1.0F : 0.0F;
    in_transit_ = true;
    exchange_.to_owners(send_.data(), shape.sent, received_.data(), shape.arriving);
    in_transit_ = false;
    bool stops = stop;
    for (std::size_t r = 0; r < ranks_; ++r)
        stops = stops || (r != rank_ && received_[wish(shape.arriving, r)] != 0.0F);
    stops_.store(stops, std::memory_order_relaxed);
}

// The stack of sum_tree.hpp is one of addresses: sums are added to where they were received.
float* RankedStep::summed(const Unit& unit, const Shape& shape) {
    constexpr std::size_t kMostSums = std::bit_width(kMostLeaves);
    std::array<float*, kMostSums> stack{};
    auto move = shape.plan.moves.begin();
    for (std::size_t r = 0; r < ranks_; ++r) {
        float* sum = received_.data() + shape.received.offsets[r] + unit.at;
        for (std::size_t s = 0; s < shape.sums[r]; ++s, sum += blocks_.floats(rank_), ++move) {
            stack.at(move->slot) = sum;
            for (std::size_t top = move->slot; top > move->slot - move->merges; --top)
                add_numbers(isa_, stack[top - 1], stack[top], unit.floats);
        }
    }
    return stack.front();
}

void RankedStep::update(std::size_t lot, const Update& update, bool last) {
    each_of_lot(lot, own_first(), own_end(), [&](const Unit& unit) {
        LayerMemory& layer = layers_[unit.layer];
        const float* const gradient = summed(unit, shape(last));
        if (unit.bias())
            update_bias(layer, gradient, update);
        else
            update_weights(layer, unit.strip, gradient, packed_stride(layer, unit), update);
        pack_unit(layer, unit, kWeights, published(unit));
    });
}

void RankedStep::publish() {
    const SecondsInto seconds(exchange_s_);
    publish_all();
}

void RankedStep::publish_all() {
    in_transit_ = true;
    exchange_.publish(all_.data(), published_);
    in_transit_ = false;
}

void RankedStep::take(std::size_t lot) {
    each_of_lot(lot, 0, blocks_.units().size(), [&](const Unit& unit) {
        if (unit.rank != rank_) unpack_unit(layers_[unit.layer], unit, kWeights, published(unit));
    });
}

void RankedStep::complete(const UnitArrays& arrays) {
    for (const Unit& unit : blocks_.units())
        if (unit.rank == rank_) pack_unit(layers_[unit.layer], unit, arrays, published(unit));
    publish_all();
    for (const Unit& unit : blocks_.units())
        if (unit.rank != rank_) unpack_unit(layers_[unit.layer], unit, arrays, published(unit));
}

}  // namespace mnist
