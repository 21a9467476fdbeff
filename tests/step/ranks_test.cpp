// The promise that losses, weights and state are the same bits for any number of ranks and threads, with
// threads of this process for ranks.
#include <algorithm>
#include <barrier>
#include <string>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/optimizers.hpp"
#include "mnist/core/rng.hpp"
#include "mnist/step/engine.hpp"
#include "mnist/step/exchange.hpp"
#include "mnist/step/precision.hpp"
#include "ranked_step.hpp"
#include "step/samples.hpp"
#include "weight_blocks.hpp"

namespace mnist {
namespace {

// Ranks that read each other's memory between two barriers.
class Meeting {
  public:
    explicit Meeting(std::size_t ranks) : barrier_(static_cast<std::ptrdiff_t>(ranks)), told_(ranks) {}

    struct Told {
        const float* send = nullptr;
        const Segments* sent = nullptr;
        std::vector<double> numbers;
    };
    template <class Take>
    void meet(std::size_t rank, Told told, Take&& take) {
        told_[rank] = std::move(told);
        barrier_.arrive_and_wait();
        for (std::size_t r = 0; r < told_.size(); ++r)
            if (r != rank) take(r, told_[r]);
        barrier_.arrive_and_wait();
    }

  private:
    std::barrier<> barrier_;
    std::vector<Told> told_;
};

class ThreadRank final : public Exchange {
  public:
    ThreadRank(Meeting& meeting, std::size_t rank, std::size_t ranks)
        : meeting_(meeting), rank_(rank), ranks_(ranks) {}
    [[nodiscard]] std::size_t rank() const override { return rank_; }
    [[nodiscard]] std::size_t ranks() const override { return ranks_; }
    void to_owners(const float* send, const Segments& sent, float* received,
                   const Segments& receives) override {
        meeting_.meet(rank_, {send, &sent, {}}, [&](std::size_t r, const Meeting::Told& told) {
            if (told.sent->counts[rank_] != receives.counts[r]) wrong_ = true;
            std::copy_n(told.send + told.sent->offsets[rank_], receives.counts[r],
                        received + receives.offsets[r]);
        });
    }
    void publish(float* all, const Segments& blocks) override {
        meeting_.meet(rank_, {all, &blocks, {}}, [&](std::size_t r, const Meeting::Told& told) {
            std::copy_n(told.send + blocks.offsets[r], blocks.counts[r], all + blocks.offsets[r]);
        });
    }
    void join(std::span<double> numbers) override {
        meeting_.meet(rank_, {nullptr, nullptr, {numbers.begin(), numbers.end()}},
                      [&](std::size_t, const Meeting::Told& told) {
                          for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] += told.numbers[i];
                      });
    }
    [[nodiscard]] bool wrong() const { return wrong_; }

  private:
    Meeting& meeting_;
    std::size_t rank_, ranks_;
    bool wrong_ = false;
};

struct Trained {
    std::string weights;
    std::string state;
    double loss = 0;
    EvalOutcome eval;
    std::vector<float> logits;
    std::size_t steps = 0;
    std::vector<RankSeconds> seconds;
};

struct Course {
    std::vector<std::size_t> dims{784, 128, 64, 10};
    std::size_t batch = 64;
    std::size_t count = 0;
    Precision precision = Precision::f32;
    OptimizerKind kind = OptimizerKind::adam;
    const Samples* samples = nullptr;
    std::vector<KernelFamily>
        families{};  ///< of each rank, round and round; where there are none, the engine's choice
    std::size_t stop_rank = 1000;  ///< a rank that wants to stop from the beginning
};

Trained train(const Course& course, std::size_t threads, Exchange* exchange) {
    std::vector<std::uint32_t> order = in_order(course.count);
    CounterRng rng(1, RandomPurpose::shuffle, 0);
    shuffle(order, rng);
    Team team(threads, a_cpu_each(threads));
    std::optional<KernelFamily> family;
    if (!course.families.empty())
        family = course.families.at((exchange == nullptr ? 0 : exchange->rank()) % course.families.size());
    Engine engine(team, {.dims = course.dims,
                         .batch = course.batch,
                         .last_batch = course.count % course.batch,
                         .precision = course.precision,
                         .family = family,
                         .exchange = exchange});
    engine.start(initial_parameters(course.dims, 2), {.kind = course.kind, .lr = 0.001});
    const std::atomic<bool> stop{exchange != nullptr && exchange->rank() == course.stop_rank};
    const EpochOutcome outcome = engine.train_epoch(course.samples->rows(), order, stop);
    const TrainingState state = engine.state();
    const std::size_t states = optimizer(course.kind).states;
    LabelledRows few = course.samples->rows();
    few.count = 300;
    return {.weights = weights_sha256(engine.weights()),
            .state = states == 0 ? "" : weights_sha256(states > 1 ? state.second : state.first),
            .loss = outcome.loss,
            .eval = engine.evaluate(few),
            .logits = engine.logits(few),
            .steps = outcome.steps,
            .seconds = outcome.ranks};
}

std::vector<Trained> train_on_ranks(const Course& course, std::size_t ranks, std::size_t threads) {
    Meeting meeting(ranks);
    std::vector<Trained> all(ranks);
    std::vector<std::thread> running;
    std::atomic<bool> wrong{false};
    for (std::size_t r = 0; r < ranks; ++r) {
        running.emplace_back([&, r] {
            ThreadRank rank(meeting, r, ranks);
            all[r] = train(course, threads, &rank);
            if (rank.wrong()) wrong = true;
        });
    }
    for (std::thread& thread : running) thread.join();
    CHECK_FALSE(wrong);
    return all;
}

void compare_with_one(const Course& course, const std::vector<std::pair<std::size_t, std::size_t>>& grids) {
    const Trained alone = train(course, 2, nullptr);
    for (const auto& [ranks, threads] : grids) {
        INFO(name(course.precision) << ", batch " << course.batch << ", ranks " << ranks << ", threads "
                                    << threads);
        for (const Trained& one : train_on_ranks(course, ranks, threads)) {
            CHECK(one.weights == alone.weights);
            CHECK(one.state == alone.state);
            CHECK(one.loss == alone.loss);
            CHECK(one.eval.loss == alone.eval.loss);
            CHECK(one.eval.predicted == alone.eval.predicted);
            CHECK(one.logits == alone.logits);
            CHECK(one.steps == alone.steps);
            CHECK(one.seconds.size() == ranks);
        }
    }
}

// Of two: the other one is gone in an exchange, and what it has sent is still on its way.
class LostRank final : public Exchange {
  public:
    explicit LostRank(bool publishing) : publishing_(publishing) {}
    [[nodiscard]] std::size_t rank() const override { return 0; }
    [[nodiscard]] std::size_t ranks() const override { return 2; }
    void to_owners(const float* /*send*/, const Segments& /*sent*/, float* received,
                   const Segments& receives) override {
        if (publishing_) return;
        late_ = {received + receives.offsets[1], static_cast<std::size_t>(receives.counts[1])};
        throw RankError("rank 1 is gone", 3);
    }
    void publish(float* all, const Segments& blocks) override {
        late_ = {all + blocks.offsets[1], static_cast<std::size_t>(blocks.counts[1])};
        throw RankError("rank 1 is gone", 3);
    }
    void join(std::span<double> /*numbers*/) override {}
    void arrive() { std::fill(late_.begin(), late_.end(), 1.0F); }

  private:
    bool publishing_;
    std::span<float> late_;
};

}  // namespace

TEST_CASE("ranks: what arrives after an exchange has failed is written into memory that is still there") {
    const bool publishing = GENERATE(false, true);
    const Samples samples = random_samples(64, 784, 10);
    LostRank rank(publishing);
    CHECK_THROWS_AS(train({.count = 64, .samples = &samples}, 1, &rank), RankError);
    rank.arrive();
}

TEST_CASE("ranks: losses, weights, state and predictions are the bits of a process alone") {
    const Precision precision = GENERATE(Precision::f32, Precision::bf16);
    if (precision_obstacle(precision)) return;
    const Samples samples = random_samples(2800, 784, 10);
    for (const std::size_t batch : {16U, 64U, 100U, 200U, 256U, 600U, 1024U})
        compare_with_one(
            {.batch = batch, .count = 2 * batch + batch / 3, .precision = precision, .samples = &samples},
            {{1, 1}, {1, 9}, {2, 1}, {2, 2}, {2, 5}, {3, 1}, {4, 2}, {8, 1}});
}

TEST_CASE("ranks: the bits are the same whatever the layers and the optimizer") {
    const auto dims = GENERATE(std::vector<std::size_t>{60, 130, 40, 10}, std::vector<std::size_t>{784, 10},
                               std::vector<std::size_t>{40, 64, 16, 64, 64, 10});
    const Samples samples = random_samples(1300, dims.front(), dims.back());
    for (const Optimizer& one : kOptimizers)
        compare_with_one({.dims = dims, .batch = 600, .count = 1300, .kind = one.kind, .samples = &samples},
                         {{2, 1}, {3, 2}});
}

TEST_CASE("ranks: where their oneDNNs would lay weights out differently, all take what every one can") {
    const Samples samples = random_samples(900, 60, 10);
    const Course plain{.dims = {60, 130, 40, 10},
                       .batch = 400,
                       .count = 900,
                       .samples = &samples,
                       .families = {KernelFamily::plain}};
    Course mixed = plain;
    mixed.families = {KernelFamily::blocked, KernelFamily::plain};
    for (const Trained& one : train_on_ranks(mixed, 2, 1))
        CHECK(one.weights == train(plain, 1, nullptr).weights);
}

TEST_CASE("ranks: all stop behind the same step where one of them wants to") {
    const Samples samples = random_samples(1100, 784, 10);
    for (const Trained& one :
         train_on_ranks({.batch = 200, .count = 1000, .samples = &samples, .stop_rank = 1}, 3, 1))
        CHECK(one.steps == 1);
}

TEST_CASE("ranks: blocks of the weights are nearly equal and take every weight once") {
    for (const KernelFamily family : {KernelFamily::plain, KernelFamily::blocked}) {
        std::vector<LayerMemory> layers;
        std::size_t all = 0;
        for (const LayerPlan& plan : plan_layers({784, 128, 64, 10}, family)) {
            layers.emplace_back(plan, Precision::f32, std::pmr::new_delete_resource());
            all += plan.weight_floats() + plan.out_padded;
        }
        for (const std::size_t ranks : {1U, 2U, 3U, 8U, 64U, 200U}) {
            const WeightBlocks blocks(layers, ranks);
            std::size_t floats = 0;
            for (std::size_t r = 0; r < ranks; ++r) {
                floats += blocks.floats(r);
                CHECK(blocks.floats(r) <= all / ranks + 2 * kLane * 128);
            }
            CHECK(floats == all);
            CHECK(blocks.begins(ranks) == blocks.units().size());
            std::vector<std::vector<int>> taken;
            for (const LayerMemory& layer : layers) taken.emplace_back(layer.plan.in_padded, 0);
            for (const Unit& unit : blocks.units())
                for (std::size_t i = unit.strip.first_in; i < unit.strip.end_in; ++i) ++taken[unit.layer][i];
            for (const std::vector<int>& inputs : taken)
                CHECK(std::count(inputs.begin(), inputs.end(), 1) ==
                      static_cast<std::ptrdiff_t>(inputs.size()));
        }
    }
}

}  // namespace mnist
