// An epoch: which items each phase of a step has, and how the threads walk through the steps.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine_impl.hpp"
#include "mnist/core/error.hpp"

namespace mnist {
StepProgram& Engine::Impl::program(const EpochWork& work, std::size_t step, std::size_t thread) const {
    const Programs& programs = *programs_[sharded_ ? thread : 0];
    return (step + 1) * options_.batch <= work.order.size() ? *programs.full : *programs.last;
}

StepInput Engine::Impl::input(const EpochWork& work, std::size_t step) const {
    return {.data = work.rows,
            .order = work.order.subspan(step * options_.batch),
            .slot = options_.feed == nullptr ? 0 : step % programs_.front()->buffers.first.slots.size(),
            .turn = replicated_ ? step * tiles_ : step,
            .serial = work.serial + step};
}

StepProgram::Panels Engine::Impl::group(std::size_t g) const {
    const std::size_t panels = plans.front().panels();
    return {g * panels / groups_, (g + 1) * panels / groups_};
}

void Engine::Impl::forward_group(const EpochWork& work, Place at, std::size_t g, std::size_t thread) {
    if (options_.feed != nullptr) options_.feed->wait(at.step);
    program(work, at.step, thread).first_forward(at.tile, group(g), input(work, at.step), thread);
}

// The first layer's results for one step, where nothing can be done beside it; where a step goes tile by
// tile, those of the first tile.
bool Engine::Impl::forward_phase(const EpochWork& work, std::size_t s, PhaseGate::Walker& walker,
                                 std::size_t thread) {
    PhaseClock clock(work.timed, logs_[thread].phases);
    StepProgram& program = this->program(work, s, thread);
    const StepInput input = this->input(work, s);
    const std::size_t panels = program.first_panels();
    const std::size_t tiles = replicated_ ? 1 : program.tiles();
    const bool done = walker.phase(tiles * panels, [&](std::size_t item) {
        if (options_.feed != nullptr) options_.feed->wait(s);
        const std::size_t panel = item % panels;
        program.first_forward(item / panels, {panel, panel + 1}, input, thread);
        clock.add(&PhaseSeconds::rows);
    });
    clock.add(&PhaseSeconds::waiting);
    return done;
}

bool Engine::Impl::rows_phase(const EpochWork& work, std::size_t s, PhaseGate::Walker& walker,
                              std::size_t thread) {
    PhaseClock clock(work.timed, logs_[thread].phases);
    StepProgram& program = this->program(work, s, thread);
    const StepInput input = this->input(work, s);
    const bool done = walker.phase(program.tiles(), [&](std::size_t tile) {
        tile_losses_[s * tiles_ + tile] =
            program.run_tile(0, tile, {0, program.first_panels()}, input, thread);
        clock.add(&PhaseSeconds::rows);
    });
    clock.add(&PhaseSeconds::waiting);
    return done;
}

Update Engine::Impl::update_of(std::size_t s) const {
    return {.function = update_,
            .turned_function = turned_update_,
            .packed_function = packed_update_,
            .packed_turned_function = packed_turned_update_,
            .scalars = scalars_at(optimizer_, steps_taken_ + s + 1)};
}

// A group's items go on to the next step's results of the same panels: these need nothing but the weights
// that were just updated, and the panels are in the core's cache. Where there are more threads than panels,
// the next step's results are a phase of their own, which divides the rows as well.
bool Engine::Impl::weights_phase(const EpochWork& work, std::size_t s, PhaseGate::Walker& walker,
                                 std::size_t thread) {
    PhaseClock clock(work.timed, logs_[thread].phases);
    StepProgram& program = this->program(work, s, thread);
    const StepInput input = this->input(work, s);
    const Update update = update_of(s);
    const bool more = s + 1 < work.steps;
    const bool forward_too = more && team_.size() <= groups_;
    const bool done = walker.phase(groups_ + program.upper_panels(), [&](std::size_t item) {
        if (item >= groups_) {
            for (std::size_t chunk = 0; chunk < program.cut().chunks(); ++chunk)
                program.upper_gradient(0, chunk, item - groups_, thread);
            program.update_upper(0, item - groups_, update);
            clock.add(&PhaseSeconds::weights);
            return;
        }
        for (std::size_t chunk = 0; chunk < program.cut().chunks(); ++chunk)
            program.first_gradient(0, chunk, group(item), input, thread);
        program.update_first(group(item), update);
        clock.add(&PhaseSeconds::weights);
        if (!forward_too) return;
        for (std::size_t tile = 0; tile < this->program(work, s + 1, thread).tiles(); ++tile)
            forward_group(work, {s + 1, tile}, item, thread);
        clock.add(&PhaseSeconds::rows);
    });
    clock.add(&PhaseSeconds::waiting);
    if (!done || !more || forward_too) return done;
    return forward_phase(work, s + 1, walker, thread);
}

std::optional<Engine::Impl::Place> Engine::Impl::behind(const EpochWork& work, Place at) const {
    if (at.tile + 1 < program(work, at.step, 0).tiles()) return Place{at.step, at.tile + 1};
    if (at.step + 1 < work.steps) return Place{at.step + 1, 0};
    return std::nullopt;
}

// A phase for each tile: a group needs from the others nothing but the second layer's parts, which they left
// in the phase before. A tile is a chunk of the first layer's gradient, so its rows are used in both
// directions while the core's cache holds them. Before a thread waits for the others it gathers the rows that
// come next, which nothing depends on.
bool Engine::Impl::groups_phases(const EpochWork& work, std::size_t s, PhaseGate::Walker& walker,
                                 std::size_t thread) {
    for (std::size_t tile = 0; tile < program(work, s, thread).tiles(); ++tile) {
        PhaseClock clock(work.timed, logs_[thread].phases);
        const auto item = [&](std::size_t g) { group_item(work, {s, tile}, g, thread, clock); };
        const auto meanwhile = [&] {
            prepare_ahead(work, {s, tile}, thread);
            clock.add(&PhaseSeconds::rows);
        };
        const bool done = walker.phase(groups_, item, meanwhile);
        clock.add(&PhaseSeconds::waiting);
        if (!done) return false;
    }
    return true;
}

void Engine::Impl::group_item(const EpochWork& work, Place at, std::size_t g, std::size_t thread,
                              PhaseClock& clock) {
    StepProgram& program = this->program(work, at.step, thread);
    const StepInput input = this->input(work, at.step);
    const double loss = program.run_tile(g, at.tile, group(g), input, thread);
    if (g == 0) tile_losses_[at.step * tiles_ + at.tile] = loss;
    clock.add(&PhaseSeconds::rows);
    for (std::size_t i = 0; i < program.upper_panels(); ++i) program.upper_gradient(g, at.tile, i, thread);
    program.first_gradient(g, at.tile, group(g), input, thread);
    if (at.tile + 1 == program.tiles()) {
        const Update update = update_of(at.step);
        for (std::size_t i = 0; i < program.upper_panels(); ++i) program.update_upper(g, i, update);
        program.update_first(group(g), update);
    }
    clock.add(&PhaseSeconds::weights);
    if (const auto next = behind(work, at)) forward_group(work, *next, g, thread);
    clock.add(&PhaseSeconds::rows);
}

// The forward pass has read the next tile's rows, so what comes is the one behind that. A feed's rows may not
// be there yet.
void Engine::Impl::prepare_ahead(const EpochWork& work, Place at, std::size_t thread) {
    if (options_.feed != nullptr) return;
    const auto next = behind(work, at);
    const auto ahead = next ? behind(work, *next) : std::nullopt;
    if (ahead) program(work, ahead->step, thread).prepare(ahead->tile, input(work, ahead->step), thread);
}

// A shard's rows, from gathering to the gradients.
void Engine::Impl::shard_item(const EpochWork& work, std::size_t s, std::size_t shard, std::size_t thread,
                              PhaseClock& clock) {
    StepProgram& program = this->program(work, s, thread);
    const StepInput input = this->input(work, s);
    const StepProgram::Panels all{0, program.first_panels()};
    if (options_.feed != nullptr) options_.feed->wait(s);
    const BatchCut& cut = program.cut();
    for (std::size_t tile = cut.first_chunk(shard); tile < cut.first_chunk(shard + 1); ++tile) {
        program.first_forward(tile, all, input, thread);
        tile_losses_[s * tiles_ + tile] = program.run_tile(0, tile, all, input, thread);
        clock.add(&PhaseSeconds::rows);
        for (std::size_t i = 0; i < program.upper_panels(); ++i) program.upper_gradient(0, tile, i, thread);
        program.first_gradient(0, tile, all, input, thread);
        clock.add(&PhaseSeconds::weights);
    }
}

// Two phases: shards of rows, then groups of panels, whose gradients the threads add up. What the threads
// send each other does not grow with the batch, and nothing is computed or gathered twice.
bool Engine::Impl::shards_phases(const EpochWork& work, std::size_t s, PhaseGate::Walker& walker,
                                 std::size_t thread) {
    PhaseClock clock(work.timed, logs_[thread].phases);
    StepProgram& program = this->program(work, s, thread);
    const auto rows = [&](std::size_t shard) { shard_item(work, s, shard, thread, clock); };
    bool done = walker.phase(program.cut().shards, rows);
    clock.add(&PhaseSeconds::waiting);
    if (!done) return false;
    const Update update = update_of(s);
    done = walker.phase(groups_, [&](std::size_t g) {
        program.update_first(group(g), update);
        for (std::size_t i = 0; i < program.upper_panels() && g == 0; ++i) program.update_upper(0, i, update);
        clock.add(&PhaseSeconds::weights);
    });
    clock.add(&PhaseSeconds::waiting);
    return done;
}

bool Engine::Impl::step(const EpochWork& work, std::size_t s, PhaseGate::Walker& walker, std::size_t thread) {
    if (options_.feed != nullptr) options_.feed->release_before(s);
    if (sharded_) return shards_phases(work, s, walker, thread);
    if (s == 0 && !forward_phase(work, 0, walker, thread)) return false;
    if (replicated_) return groups_phases(work, s, walker, thread);
    return rows_phase(work, s, walker, thread) && weights_phase(work, s, walker, thread);
}

// Each thread decides by itself when to stop: one that goes on finds the items of the others free and
// completes its step alone, so every step that anybody began is whole.
void Engine::Impl::walk(const EpochWork& work, std::size_t thread) {
    PhaseGate::Walker walker(*gate_, thread);
    ThreadLog& log = logs_[thread];
    try {
        for (std::size_t s = 0; s < work.steps; ++s) {
            if (work.stop.load(std::memory_order_relaxed)) return;
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
    tile_losses_.assign(work.steps * tiles_, 0.0);
    std::fill(logs_.begin(), logs_.end(), ThreadLog{});
    gate_->reset();
    team_.run([&](std::size_t thread) { walk(work, thread); });
    EpochOutcome outcome = summarise(work);
    steps_taken_ += outcome.steps;
    if (outcome.steps > 0) shards_of_last_step_ = program(work, outcome.steps - 1, 0).cut().shards;
    return outcome;
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
        for (std::size_t t = 0; t < tiles_; ++t) loss += tile_losses_[s * tiles_ + t];
        if (!std::isfinite(loss) && !outcome.diverged_at) outcome.diverged_at = s;
        total += loss;
    }
    const std::size_t rows = std::min(outcome.steps * options_.batch, work.order.size());
    outcome.loss = rows == 0 ? 0 : total / static_cast<double>(rows);
    return outcome;
}

}  // namespace mnist
