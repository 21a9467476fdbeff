// Which job trains which run, and what is told of it.
#include "mnist/train/experiment.hpp"

#include <algorithm>
#include <barrier>
#include <chrono>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "job.hpp"
#include "progress.hpp"

namespace mnist {
namespace {

using Clock = std::chrono::steady_clock;

// Deals the runs to the jobs, and keeps what they share: the progress and the observer, one call at a time.
class Experiment final : public JobHost {
  public:
    Experiment(const ExperimentInputs& inputs, ExperimentObserver& observer, const std::atomic<bool>& stop)
        : inputs_(inputs),
          config_(inputs.config),
          observer_(observer),
          stop_(stop),
          progress_(inputs.progress),
          runs_(config_.seeds * config_.optimizers.size()) {
        std::set<std::size_t> done;
        for (const RunRecord& run : progress_.runs.finished) done.insert(plan_index(config_, run));
        for (std::size_t run = 0; run < runs_; ++run)
            if (!done.contains(run)) to_do_.push_back(run);
        // Those that have begun come first, so that they are never more than there were jobs.
        std::stable_partition(to_do_.begin(), to_do_.end(),
                              [&](std::size_t run) { return place_of_present(run).has_value(); });
    }

    ExperimentOutcome run() {
        const std::size_t most = inputs_.in_step ? runs_ : std::max<std::size_t>(1, config_.jobs);
        const std::size_t jobs = std::clamp<std::size_t>(to_do_.size(), 1, most);
        if (inputs_.in_step) in_step_.emplace(static_cast<std::ptrdiff_t>(jobs));
        if (config_.jobs <= 1 && jobs == 1) {
            cpus_ = {inputs_.cpus};
            work(0);
        } else {
            // Of fewer runs than jobs, as a resumed experiment may have left, each has the CPUs of several.
            const std::size_t threads = std::max<std::size_t>(1, config_.threads);
            cpus_ = separate_cpus(
                inputs_.cpus, jobs,
                inputs_.widens ? threads * std::max<std::size_t>(1, config_.jobs / jobs) : threads);
            side_by_side();
        }
        return outcome();
    }

    [[nodiscard]] bool ends() const override { return ends_.load(); }

    void await_epoch() override {
        if (in_step_) in_step_->arrive_and_wait();
    }
    void epoch_took(std::size_t epoch, Clock::time_point begin, Clock::time_point end) override {
        if (!in_step_) return;
        const std::lock_guard lock(mutex_);
        if (rounds_.size() <= epoch) rounds_.resize(epoch + 1);
        Round& round = rounds_[epoch];
        round.begin = round.runs == 0 ? begin : std::min(round.begin, begin);
        round.end = round.runs == 0 ? end : std::max(round.end, end);
        ++round.runs;
    }

    void keep(const RunRecord& run, TrainingState state) override {
        const std::lock_guard lock(mutex_);
        std::vector<RunRecord>& present = progress_.runs.present;
        const std::size_t index = plan_index(config_, run);
        auto place = place_of_present(index);
        if (!place) {
            const auto before = first_behind(present, index);
            place = static_cast<std::size_t>(before - present.begin());
            progress_.states.emplace(progress_.states.begin() + (before - present.begin()));
            present.insert(before, planned_run(config_, index));
        }
        progress_.states[*place] = std::move(state);
        if (inputs_.checkpoint_every == 0) return;  // nobody will read the epochs
        present[*place] = run;
        unsaved_ = true;
        // Behind the last epoch the run is whole, which is told by itself.
        if (run.epochs.size() == config_.epochs || run.epochs.size() % inputs_.checkpoint_every != 0) return;
        if (++due_ >= running_) tell_resumable();
    }

    [[nodiscard]] std::optional<TrainingState> kept(const RunRecord& run) const override {
        const std::lock_guard lock(mutex_);
        const auto place = place_of_present(plan_index(config_, run));
        return place ? std::optional(progress_.states[*place]) : std::nullopt;
    }

    [[nodiscard]] UsableCpus cpus_of(std::size_t job) const override {
        const std::lock_guard lock(mutex_);
        return cpus_[job];
    }

    void epoch_finished(const RunRecord& run) override {
        const std::lock_guard lock(mutex_);
        observer_.epoch_finished(run);
    }

  private:
    struct Round {
        Clock::time_point begin, end;
        std::size_t runs = 0;
    };
    struct Ended {
        RunRecord run;
        ModelParameters weights;
    };

    void side_by_side() {
        std::vector<std::thread> threads;
        try {
            for (std::size_t job = 0; job < cpus_.size(); ++job) {
                threads.emplace_back([this, job] {
                    stay_on(cpus_of(job));
                    work(job);
                });
            }
        } catch (...) {
            fail();
            if (in_step_)  // for those that were not started
                for (std::size_t job = threads.size(); job < cpus_.size(); ++job) in_step_->arrive_and_drop();
        }
        for (std::thread& thread : threads) thread.join();
    }

    void work(std::size_t job) {
        try {
            Job worker(inputs_, job, *this, stop_);
            if (job == 0) {
                outcome_.primitives = worker.engine().primitives();
                outcome_.grid = worker.engine().grid();
            }
            while (std::optional<RunRecord> run = next_run()) {
                ModelParameters weights = worker.train(*run);
                end_run(std::move(*run), std::move(weights));
            }
        } catch (...) {
            fail();
        }
        if (in_step_) in_step_->arrive_and_drop();
        leave_cpus(job);
    }

    // To the one that has fewest.
    void leave_cpus(std::size_t job) {
        const std::lock_guard lock(mutex_);
        const UsableCpus left = std::exchange(cpus_[job], {});
        UsableCpus* least = nullptr;
        for (UsableCpus& one : cpus_)
            if (!one.order.empty() && (least == nullptr || one.cores < least->cores)) least = &one;
        if (least == nullptr) return;
        least->cores += left.cores;
        least->order.insert(least->order.end(), left.order.begin(), left.order.end());
        least->nodes.insert(least->nodes.end(), left.nodes.begin(), left.nodes.end());
    }

    void fail() {
        const std::lock_guard lock(mutex_);
        if (!outcome_.failure) outcome_.failure = std::current_exception();
        ends_ = true;
    }

    std::optional<RunRecord> next_run() {
        const std::lock_guard lock(mutex_);
        if (dealt_ == to_do_.size() || !interrupted_.empty() || ends_) return std::nullopt;
        const std::size_t index = to_do_[dealt_++];
        const auto place = place_of_present(index);
        RunRecord run = place ? progress_.runs.present[*place] : planned_run(config_, index);
        ++running_;
        observer_.run_started(run, index, runs_);
        return run;
    }

    void end_run(RunRecord run, ModelParameters weights) {
        const std::lock_guard lock(mutex_);
        --running_;
        if (run.status == RunStatus::interrupted) {
            interrupted_.push_back({.run = std::move(run), .weights = std::move(weights)});
            return;
        }
        observer_.run_finished(run, weights);
        const std::size_t index = plan_index(config_, run);
        if (const auto place = place_of_present(index)) {
            const auto at = static_cast<std::ptrdiff_t>(*place);
            progress_.runs.present.erase(progress_.runs.present.begin() + at);
            progress_.states.erase(progress_.states.begin() + at);
        }
        add_in_order(progress_.runs.finished, std::move(run));
        if (inputs_.checkpoint_every > 0) tell_resumable();
    }

    void tell_resumable() {
        due_ = 0;
        unsaved_ = false;
        observer_.resumable(progress_);
    }

    [[nodiscard]] std::vector<RunRecord>::iterator first_behind(std::vector<RunRecord>& runs,
                                                                std::size_t index) const {
        return std::find_if(runs.begin(), runs.end(),
                            [&](const RunRecord& run) { return plan_index(config_, run) > index; });
    }

    void add_in_order(std::vector<RunRecord>& runs, RunRecord run) const {
        const auto before = first_behind(runs, plan_index(config_, run));
        runs.insert(before, std::move(run));
    }

    [[nodiscard]] std::optional<std::size_t> place_of_present(std::size_t index) const {
        const std::vector<RunRecord>& present = progress_.runs.present;
        for (std::size_t place = 0; place < present.size(); ++place)
            if (plan_index(config_, present[place]) == index) return place;
        return std::nullopt;
    }

    ExperimentOutcome outcome() {
        if (unsaved_) tell_resumable();
        std::sort(interrupted_.begin(), interrupted_.end(), [&](const Ended& a, const Ended& b) {
            return plan_index(config_, a.run) < plan_index(config_, b.run);
        });
        outcome_.interrupted = !interrupted_.empty() || ends_;
        outcome_.runs = std::move(progress_.runs.finished);
        for (Ended& ended : interrupted_) {
            observer_.run_finished(ended.run, ended.weights);
            add_in_order(outcome_.runs, std::move(ended.run));
        }
        for (const Round& round : rounds_)
            if (round.runs == runs_)
                outcome_.rounds_s.push_back(std::chrono::duration<double>(round.end - round.begin).count());
        if (outcome_.failure && outcome_.runs.empty()) std::rethrow_exception(outcome_.failure);
        return std::move(outcome_);
    }

    const ExperimentInputs& inputs_;
    const TrainConfig& config_;
    ExperimentObserver& observer_;
    const std::atomic<bool>& stop_;
    mutable std::mutex mutex_;  ///< of everything below but ends_
    ExperimentProgress progress_;
    std::size_t runs_;
    std::vector<UsableCpus> cpus_;    ///< by job; of one that has ended none
    std::vector<std::size_t> to_do_;  ///< places in the plan
    std::size_t dealt_ = 0;           ///< of to_do_
    std::size_t running_ = 0;
    std::size_t due_ = 0;   ///< epochs that a checkpoint was due behind, since the last one
    bool unsaved_ = false;  ///< epochs since the last checkpoint
    std::vector<Ended> interrupted_;
    std::atomic<bool> ends_{false};
    std::optional<std::barrier<>> in_step_;
    std::vector<Round> rounds_;
    ExperimentOutcome outcome_;
};

}  // namespace

std::size_t team_size(std::size_t wanted, const UsableCpus& cpus) {
    return wanted > 0 ? wanted : auto_workers(cpus);
}

ExperimentOutcome run_experiment(const ExperimentInputs& inputs, ExperimentObserver& observer,
                                 const std::atomic<bool>& stop) {
    validate(inputs.config, inputs.dataset);
    require_precision(inputs.config.precision);
    require_memory(inputs);
    require_progress_of(inputs.config, inputs.progress.runs);
    ExperimentInputs settled = inputs;
    if (settled.config.jobs > 1) settled.config.threads = std::max<std::size_t>(1, settled.config.threads);
    return Experiment(settled, observer, stop).run();
}

}  // namespace mnist
