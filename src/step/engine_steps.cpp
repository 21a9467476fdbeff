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
            .turn = step * full_->cut().groups(),
            .serial = work.serial + step};
}

Update Engine::Impl::update_of(std::size_t s) const {
    return {
        .weights = update_, .bias = bias_update_, .scalars = scalars_at(optimizer_, steps_taken_ + s + 1)};
}

std::optional<Engine::Impl::Place> Engine::Impl::behind(const EpochWork& work, Place at) const {
    if (at.group + strips_.span < program(work, at.step).end_group())
        return Place{at.step, at.group + strips_.span};
    // Of ranks, the next step has other weights.
    if (at.step + 1 < work.steps && !ranked_) return Place{at.step + 1, 0};
    return std::nullopt;
}

std::size_t Engine::Impl::groups_of_span(const EpochWork& work, Place at) const {
    return std::min(strips_.span, program(work, at.step).end_group() - at.group);
}

std::size_t Engine::Impl::tiles_of_span(const EpochWork& work, Place at) const {
    return program(work, at.step).cut().tiles_of(at.group, groups_of_span(work, at));
}

void Engine::Impl::forward_tile(const EpochWork& work, Place at, std::size_t strip, std::size_t tile,
                                std::size_t thread) {
    if (options_.feed != nullptr) options_.feed->wait(at.step);
    StepProgram& program = this->program(work, at.step);
    const std::size_t of_group = program.cut().group / program.cut().tile;
    program.forward(strip, at.group + tile / of_group, tile % of_group, input(work, at.step), thread);
}

// The first layer's parts where nothing else can be done beside them.
bool Engine::Impl::forward_phase(const EpochWork& work, Place at, PhaseGate::Walker& walker,
                                 std::size_t thread) {
    PhaseClock clock(work.timed, logs_[thread].phases);
    const std::size_t tiles = tiles_of_span(work, at);
    const bool done = walker.phase(strips_.forward.size() * tiles, [&](std::size_t item) {
        forward_tile(work, at, item / tiles, item % tiles, thread);
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
    double* const losses = block_losses_.data() + at.step * most_blocks_ + at.group * cut.group / cut.block;
    const std::size_t of_group = cut.group / cut.block;
    const std::size_t blocks = cut.blocks_of(at.group, groups_of_span(work, at));
    const bool done = walker.phase(blocks, [&](std::size_t block) {
        losses[block] = program.rows(at.group + block / of_group, block % of_group, input, thread);
        clock.add(&PhaseSeconds::rows);
    });
    clock.add(&PhaseSeconds::waiting);
    return done;
}

// After the step's last group a strip's gradient is complete and its weights are updated at once, while the
// worker has them in its cache; then comes the next group's part, whose weights these are.
bool Engine::Impl::weights_phase(const EpochWork& work, Place at, PhaseGate::Walker& walker,
                                 std::size_t thread) {
    PhaseClock clock(work.timed, logs_[thread].phases);
    StepProgram& program = this->program(work, at.step);
    const StepInput input = this->input(work, at.step);
    const std::size_t end = at.group + groups_of_span(work, at);
    const bool updates = end == program.end_group() && !ranked_;
    const Update update = update_of(at.step);
    const std::optional<Place> next = behind(work, at);
    const std::size_t firsts = strips_.gradient.front().size();
    const auto finish = [&](std::size_t layer, std::size_t strip) {
        for (std::size_t group = at.group; group < end; ++group)
            program.gradient(layer, strip, group, input, thread);
        if (updates) program.update(layer, strip, update);
        clock.add(&PhaseSeconds::weights);
    };
    const bool done = walker.phase(firsts, firsts + upper_strips_.size(), [&](std::size_t item) {
        if (item >= firsts)
            return finish(upper_strips_[item - firsts].first, upper_strips_[item - firsts].second);
        finish(0, item);
        if (!next || !forward_too_) return;
        const std::size_t tiles = tiles_of_span(work, *next);
        for (std::size_t tile = 0; tile < tiles; ++tile) forward_tile(work, *next, item, tile, thread);
        clock.add(&PhaseSeconds::rows);
    });
    clock.add(&PhaseSeconds::waiting);
    if (!done || !next || forward_too_) return done;
    return forward_phase(work, *next, walker, thread);
}

// Of a step, where nothing of it was done behind the one before.
bool Engine::Impl::first_forward(const EpochWork& work, std::size_t s, PhaseGate::Walker& walker,
                                 std::size_t thread) {
    const StepProgram& program = this->program(work, s);
    if ((s > 0 && !ranked_) || program.first_group() == program.end_group()) return true;
    return forward_phase(work, {s, program.first_group()}, walker, thread);
}

// What travels is one item: whoever takes it waits for the other ranks.
bool Engine::Impl::exchange_phases(const EpochWork& work, std::size_t s, PhaseGate::Walker& walker,
                                   std::size_t thread) {
    PhaseClock clock(work.timed, logs_[thread].phases);
    const bool last = &program(work, s) == last_.get();
    const Update update = update_of(s);
    const bool done =
        walker.phase(ranked_->pack_lots(), [&](std::size_t lot) { ranked_->pack(lot, last); }) &&
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
    const StepProgram& program = this->program(work, s);
    for (std::size_t group = program.first_group(); group < program.end_group(); group += strips_.span) {
        if (!rows_phase(work, {s, group}, walker, thread)) return false;
        if (!weights_phase(work, {s, group}, walker, thread)) return false;
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
