// An epoch: which items each phase of a step has, and how the threads walk through the steps.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine_impl.hpp"
#include "mnist/core/error.hpp"

namespace mnist {

StepProgram& Engine::Impl::program(const EpochWork& work, std::size_t step) const {
    return (step + 1) * options_.batch <= work.order.size() ? *full_ : *last_;
}

StepInput Engine::Impl::input(const EpochWork& work, std::size_t step) const {
    return {.data = work.rows,
            .order = work.order.subspan(step * options_.batch),
            .slot = options_.feed == nullptr ? 0 : step % buffers_->first.slots.size(),
            .turn = step * full_->turns(),
            .serial = work.serial + step};
}

Update Engine::Impl::update_of(std::size_t s) const {
    return {
        .weights = update_, .bias = bias_update_, .scalars = scalars_at(optimizer_, steps_taken_ + s + 1)};
}

// Of ranks, whoever has everybody's sums updates.
std::optional<Update> Engine::Impl::own_update(std::size_t s) const {
    return ranked_ ? std::nullopt : std::optional(update_of(s));
}

std::optional<Engine::Impl::Place> Engine::Impl::behind(const EpochWork& work, Place at) const {
    if (at.turn + 1 < program(work, at.step).turns()) return Place{at.step, at.turn + 1};
    // Of ranks, the next step has other weights.
    if (at.step + 1 < work.steps && !ranked_) return Place{at.step + 1, 0};
    return std::nullopt;
}

// Strip by strip, and of each tile by tile.
void Engine::Impl::forward_share(const EpochWork& work, Place at, const ForwardItem& item,
                                 std::size_t thread) {
    if (options_.feed != nullptr) options_.feed->wait(at.step);
    StepProgram& program = this->program(work, at.step);
    const StepInput input = this->input(work, at.step);
    const std::size_t tiles = program.cut().tiles_of(0);
    const std::size_t all = (item.end_strip - item.first_strip) * tiles;
    const std::optional<GroupPlace> place = program.place(item.shard, at.turn);
    if (!place) return;
    for (std::size_t i = item.share * all / item.shares; i < (item.share + 1) * all / item.shares; ++i)
        if (i % tiles < program.cut().tiles_of(place->group))
            program.forward(item.first_strip + i / tiles, *place, i % tiles, input, thread);
}

// The first layer's parts where nothing else can be done beside them.
bool Engine::Impl::forward_phase(const EpochWork& work, Place at, PhaseGate::Walker& walker,
                                 std::size_t thread) {
    PhaseClock clock(work.timed, logs_[thread].phases);
    const bool done = walker.phase(forward_items_.size(), [&](std::size_t item) {
        forward_share(work, at, forward_items_[item], thread);
        clock.add(&PhaseSeconds::rows);
    });
    clock.add(&PhaseSeconds::waiting);
    return done;
}

bool Engine::Impl::rows_phase(const EpochWork& work, Place at, PhaseGate::Walker& walker,
                              std::size_t thread) {
    PhaseClock clock(work.timed, logs_[thread].phases);
    StepProgram& program = this->program(work, at.step);
    const BatchCut& cut = program.cut();
    const StepInput input = this->input(work, at.step);
    double* const losses = block_losses_.data() + at.step * most_blocks_;
    const std::size_t of_group = cut.group / cut.block;
    const bool done = walker.phase(strips_.shards * of_group, [&](std::size_t item) {
        const std::optional<GroupPlace> place = program.place(item / of_group, at.turn);
        const std::size_t block = item % of_group;
        if (!place || block >= cut.blocks_of(place->group)) return;
        losses[place->group * of_group + block] = program.rows(*place, block, input, thread);
        clock.add(&PhaseSeconds::rows);
    });
    clock.add(&PhaseSeconds::waiting);
    return done;
}

// After the step's last turn a strip's gradient is complete and its weights are updated at once, while the
// worker has them in its cache; then comes the next turn's part, whose weights these are.
bool Engine::Impl::weights_phase(const EpochWork& work, Place at, PhaseGate::Walker& walker,
                                 std::size_t thread) {
    PhaseClock clock(work.timed, logs_[thread].phases);
    StepProgram& program = this->program(work, at.step);
    const StepInput input = this->input(work, at.step);
    const bool last = at.turn + 1 == program.turns();
    const std::optional<Place> next = behind(work, at);
    const bool forward = next && (!last || forward_too_);
    const std::optional<Update> update = own_update(at.step);
    const bool done = walker.phase(dealt_weights_, weights_items_.size(), [&](std::size_t i) {
        const WeightsItem& item = weights_items_[i];
        if (const std::optional<GroupPlace> place = program.place(item.rows.shard, at.turn))
            program.gradient(item.layer, item.strip, *place, input, thread);
        if (last && strips_.shards == 1) program.finish(item.layer, item.strip, update);
        clock.add(&PhaseSeconds::weights);
        if (item.layer > 0 || !forward) return;
        forward_share(work, *next, item.rows, thread);
        clock.add(&PhaseSeconds::rows);
    });
    clock.add(&PhaseSeconds::waiting);
    if (!done || (last && strips_.shards > 1 && !finish_phase(work, at.step, walker, thread))) return false;
    return !next || forward || forward_phase(work, *next, walker, thread);
}

bool Engine::Impl::finish_phase(const EpochWork& work, std::size_t s, PhaseGate::Walker& walker,
                                std::size_t thread) {
    PhaseClock clock(work.timed, logs_[thread].phases);
    StepProgram& program = this->program(work, s);
    const std::optional<Update> update = own_update(s);
    const bool done =
        walker.phase(strips_.update.front().size(), update_items_.size(), [&](std::size_t item) {
            program.finish(update_items_[item].first, update_items_[item].second, update);
            clock.add(&PhaseSeconds::weights);
        });
    clock.add(&PhaseSeconds::waiting);
    return done;
}

// Of a step, where nothing of it was done behind the one before.
bool Engine::Impl::first_forward(const EpochWork& work, std::size_t s, PhaseGate::Walker& walker,
                                 std::size_t thread) {
    if ((s > 0 && !ranked_) || this->program(work, s).turns() == 0) return true;
    return forward_phase(work, {s, 0}, walker, thread);
}

// What travels is one item: whoever takes it waits for the other ranks.
bool Engine::Impl::exchange_phases(const EpochWork& work, std::size_t s, PhaseGate::Walker& walker,
                                   std::size_t thread) {
    PhaseClock clock(work.timed, logs_[thread].phases);
    const bool last = &program(work, s) == last_.get();
    const OwnLeaves& own = program(work, s).own();
    const Update update = update_of(s);
    const bool done =
        walker.phase(ranked_->pack_lots(), [&](std::size_t lot) { ranked_->pack(lot, own, last); }) &&
        walker.phase(1, [&](std::size_t) { ranked_->send_sums(work.stop.load(), last); }) &&
        walker.phase(ranked_->update_lots(), [&](std::size_t lot) { ranked_->update(lot, update, last); }) &&
        walker.phase(1, [&](std::size_t) { ranked_->publish(); }) &&
        walker.phase(ranked_->take_lots(), [&](std::size_t lot) { ranked_->take(lot); });
    clock.add(&PhaseSeconds::waiting);
    return done;
}

bool Engine::Impl::step(const EpochWork& work, std::size_t s, PhaseGate::Walker& walker, std::size_t thread) {
    if (options_.feed != nullptr) options_.feed->release_before(s);
    if (!first_forward(work, s, walker, thread)) return false;
    for (std::size_t turn = 0; turn < program(work, s).turns(); ++turn) {
        if (!rows_phase(work, {s, turn}, walker, thread)) return false;
        if (!weights_phase(work, {s, turn}, walker, thread)) return false;
    }
    return !ranked_ || exchange_phases(work, s, walker, thread);
}

// Each thread decides by itself when to stop: one that goes on finds the items of the others free and
// completes its step alone, so every step that anybody began is whole. Ranks decide together, in each step
// about the next one.
void Engine::Impl::walk(const EpochWork& work, std::size_t thread) {
    PhaseGate::Walker walker(*gate_, thread);
    ThreadLog& log = logs_[thread];
    try {
        for (std::size_t s = 0; s < work.steps; ++s) {
            if (ranked_ ? s > 0 && ranked_->stops() : work.stop.load(std::memory_order_relaxed)) return;
            if (!step(work, s, walker, thread)) return;
            log.steps = s + 1;
        }
    } catch (...) {
        gate_->abandon();
        throw;
    }
}

EpochOutcome Engine::Impl::train_epoch(const LabelledRows& rows, std::span<const std::uint32_t> order,
                                       const std::atomic<bool>& stop, bool timed) {
    check_rows(rows);
    const std::size_t batch = options_.batch;
    if (batch == 0 || update_ == nullptr)
        throw ShapeError("this engine was not made or not started for training");
    if (order.size() % batch != options_.last_batch)
        throw ShapeError(fmt::format("{} rows are not batches of {} and a last one of {}", order.size(),
                                     batch, options_.last_batch));
    const EpochWork work{.rows = rows,
                         .order = order,
                         .stop = stop,
                         .timed = timed,
                         .steps = (order.size() + batch - 1) / batch,
                         .serial = next_serial_};
    next_serial_ += work.steps;
    block_losses_.assign(work.steps * most_blocks_, 0.0);
    std::fill(logs_.begin(), logs_.end(), ThreadLog{});
    gate_->reset();
    const auto begin = std::chrono::steady_clock::now();
    team_.run([&](std::size_t thread) { walk(work, thread); });
    const double elapsed_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    std::vector<RankSeconds> ranks = ranked_ ? join_ranks(elapsed_s) : std::vector<RankSeconds>{};
    EpochOutcome outcome = summarise(work);
    outcome.ranks = std::move(ranks);
    steps_taken_ += outcome.steps;
    return outcome;
}

// Each rank has the losses of its own rows, and its own times.
std::vector<RankSeconds> Engine::Impl::join_ranks(double elapsed_s) {
    Exchange& exchange = ranked_->exchange();
    const double exchanging = ranked_->exchange_s();
    const std::size_t losses = block_losses_.size();
    block_losses_.resize(losses + 2 * exchange.ranks(), 0.0);
    block_losses_[losses + 2 * exchange.rank()] = elapsed_s - exchanging;
    block_losses_[losses + 2 * exchange.rank() + 1] = exchanging;
    exchange.join(block_losses_);
    std::vector<RankSeconds> ranks;
    for (std::size_t at = losses; at < block_losses_.size(); at += 2)
        ranks.push_back({.computing = block_losses_[at], .exchanging = block_losses_[at + 1]});
    block_losses_.resize(losses);
    return ranks;
}

EpochOutcome Engine::Impl::summarise(const EpochWork& work) const {
    EpochOutcome outcome;
    for (const ThreadLog& log : logs_) {
        outcome.steps = std::max(outcome.steps, log.steps);
        outcome.phases.rows += log.phases.rows;
        outcome.phases.weights += log.phases.weights;
        outcome.phases.waiting += log.phases.waiting;
    }
    // By rows and not by steps: the last batch may be a small one.
    double total = 0;
    for (std::size_t s = 0; s < outcome.steps; ++s) {
        double loss = 0;
        for (std::size_t b = 0; b < most_blocks_; ++b) loss += block_losses_[s * most_blocks_ + b];
        if (!std::isfinite(loss) && !outcome.diverged_at) outcome.diverged_at = s;
        total += loss;
    }
    const std::size_t rows = std::min(outcome.steps * options_.batch, work.order.size());
    outcome.loss = rows == 0 ? 0 : total / static_cast<double>(rows);
    return outcome;
}

}  // namespace mnist
