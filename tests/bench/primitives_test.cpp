// The check before the timing, and the primitives that it checks, in both layouts that the engine knows.
#include "mnist/step/single_primitive.hpp"

#include <cmath>
#include <limits>

#include "catch.hpp"
#include "experiment_run.hpp"
#include "mnist/core/error.hpp"
#include "reference.hpp"

using namespace mnist;
using namespace mnist::bench;

namespace {

using Direction = InnerProductDirection;

// By the definition, element by element.
std::vector<float> expected(Direction direction, std::size_t rows, const LayerPlan& plan,
                            const InnerProductOperands& x) {
    const std::size_t in = plan.in;
    const std::size_t out = plan.out;
    std::vector<double> sums(direction == Direction::forward         ? rows * out
                             : direction == Direction::backward_data ? rows * in
                                                                     : out * in + out);
    for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t o = 0; o < out; ++o) {
            if (direction == Direction::forward) sums[r * out + o] += x.bias[o];
            if (direction == Direction::backward_weights) sums[out * in + o] += x.diff_dst[r * out + o];
            for (std::size_t i = 0; i < in; ++i) {
                if (direction == Direction::forward)
                    sums[r * out + o] += static_cast<double>(x.src[r * in + i]) * x.weights[o * in + i];
                if (direction == Direction::backward_data)
                    sums[r * in + i] += static_cast<double>(x.diff_dst[r * out + o]) * x.weights[o * in + i];
                if (direction == Direction::backward_weights)
                    sums[o * in + i] += static_cast<double>(x.diff_dst[r * out + o]) * x.src[r * in + i];
            }
        }
    }
    return {sums.begin(), sums.end()};
}

}  // namespace

TEST_CASE("single primitives: every direction, layer and layout multiplies as the definition says") {
    constexpr std::size_t kRows = 24;
    for (const KernelFamily family : {KernelFamily::blocked, KernelFamily::plain}) {
        for (const LayerPlan& plan : plan_layers({50, 128, 24, 10}, family)) {
            const std::vector<float> src = random_floats(kRows * plan.in, 1);
            const std::vector<float> weights = random_floats(plan.out * plan.in, 2);
            const std::vector<float> bias = random_floats(plan.out, 3);
            const std::vector<float> diff_dst = random_floats(kRows * plan.out, 4);
            const InnerProductOperands operands{src, weights, bias, diff_dst};
            for (const Direction direction :
                 {Direction::forward, Direction::backward_data, Direction::backward_weights}) {
                CAPTURE(static_cast<int>(family), plan.in, plan.out, static_cast<int>(direction));
                SingleInnerProduct primitive(plan, kRows, direction, operands);
                primitive.run();
                primitive.run();  // results do not add up
                const std::vector<float> found = primitive.result();
                const std::vector<float> wanted = expected(direction, kRows, plan, operands);
                REQUIRE(found.size() == wanted.size());
                double worst = 0;
                for (std::size_t i = 0; i < found.size(); ++i)
                    worst = std::max(worst, std::abs(static_cast<double>(found[i]) - wanted[i]));
                CHECK(worst < 1e-4);
                CHECK(!primitive.facts().implementation.empty());
            }
        }
    }
}

TEST_CASE("single primitives: operands of another size are refused") {
    const LayerPlan plan = plan_layers({20, 10}, KernelFamily::plain).front();
    const std::vector<float> some = random_floats(20, 1);
    CHECK_THROWS_AS(SingleInnerProduct(plan, 4, Direction::forward, {some, some, some, some}), ShapeError);
    CHECK_THROWS_AS(SingleRelu(4, 16, some, {}), ShapeError);
}

TEST_CASE("single primitives: ReLU passes what is positive, and its gradient where the result was") {
    const std::vector<float> values{-1, 0, 2, -0.0F, 3, -4, 5, 0.5F, -1, 0, 2, 0, 3, -4, 5, 0.5F};
    SingleRelu forward(1, 16, values, {});
    forward.run();
    for (std::size_t i = 0; i < values.size(); ++i) CHECK(forward.result()[i] == std::max(values[i], 0.0F));
    const std::vector<float> gradient = random_floats(16, 1);
    SingleRelu backward(1, 16, values, gradient);
    backward.run();
    for (std::size_t i = 0; i < values.size(); ++i)
        CHECK(backward.result()[i] == (values[i] > 0 ? gradient[i] : 0.0F));
}

TEST_CASE("checks: a planted error and a NaN are found, rounding is not") {
    const Reference reference{.values = {1.0, -2.0, 0.0}, .magnitudes = {10.0, 10.0, 10.0}};
    const std::vector<float> rounded{1.00001F, -2.00001F, 0.00002F};
    CHECK_NOTHROW(require_close(rounded, reference, "it"));
    const std::vector<float> wrong{1.0F, -2.0F, 0.001F};
    CHECK_THROWS_AS(require_close(wrong, reference, "it"), Error);
    const std::vector<float> nan{1.0F, std::numeric_limits<float>::quiet_NaN(), 0.0F};
    CHECK_THROWS_AS(require_close(nan, reference, "it"), Error);
    const std::vector<float> shorter{1.0F, -2.0F};
    CHECK_THROWS_AS(require_close(shorter, reference, "it"), Error);
}

TEST_CASE("checks: loss and gradient of two rows by hand") {
    const std::vector<float> logits{0, 0, 1, 1};
    const std::vector<std::uint8_t> labels{0, 1};
    const Reference found = reference_loss(logits, labels, 2);
    const std::vector<double> wanted{-0.25, 0.25, 0.25, -0.25, std::log(2.0)};
    REQUIRE(found.values.size() == wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) CHECK(found.values[i] == Approx(wanted[i]));
}

TEST_CASE("labels: reference loops are flagged, kernels are not") {
    CHECK(!is_fallback("brgemm:avx512_core"));
    CHECK(!is_fallback("brgemm_bwd_w:avx512_core"));
    CHECK(!is_fallback("jit:avx2"));
    CHECK(!is_fallback("x64:gemm:jit"));
    CHECK(!is_fallback("gemm:jit"));
    CHECK(is_fallback("gemm:ref"));
    CHECK(is_fallback("ref:any"));
    CHECK(implementations_label(
              {{"a", "", "brgemm:avx2", "oi"}, {"b", "", "brgemm:avx2", "oi"}, {"c", "", "ref:any", ""}}) ==
          "brgemm:avx2");
    CHECK(implementations_label({{"a", "", "ref:any", "io"}}) == "reference loop: ref:any");
}
