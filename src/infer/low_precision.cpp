// Both precisions share the walk over tiles; a layer is an inner product of oneDNN and, for int8, a loop of
// our own behind it. Outputs are padded to 16, with weights, factors and offsets of 0, so that dead ones stay
// 0.
#include "mnist/infer/low_precision.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "low_precision_layer.hpp"
#include "mnist/core/checked.hpp"
#include "mnist/core/error.hpp"
#include "mnist/infer/quantize.hpp"
#include "mnist/step/loss.hpp"
#include "mnist/step/precision.hpp"
#include "requantize.hpp"

namespace mnist {
namespace {

LayerShape shape_of(std::size_t rows, std::size_t in, std::size_t out, bool last) {
    return {.rows = rows, .in = in, .out = out, .out_padded = round_up(out, kLane), .last = last};
}

}  // namespace

class LowPrecisionEngine::Impl {
  public:
    Impl(Team& team, const QuantizedModel& model, std::size_t tile) : Impl(team, tile, true) {
        std::size_t in = model.layers.empty() ? 0 : model.layers.front().in;
        for (std::size_t l = 0; l < model.layers.size(); ++l) {
            const QuantizedLayer& given = model.layers[l];
            const bool last = l + 1 == model.layers.size();
            const LayerShape shape = shape_of(tile_, in, given.out, last);
            AlignedVector<std::int8_t> dense(shape.out_padded * in, std::int8_t{0});
            for (std::size_t o = 0; o < given.out; ++o)
                std::copy_n(given.weight.data() + o * given.in, given.in, dense.data() + o * in);
            LowPrecisionLayer& layer =
                layers_.emplace_back(make_layer(shape, NumberFormat::int8, dense.data()));
            const float next = last ? 1.0F : model.layers[l + 1].input_scale;
            for (std::size_t o = 0; o < given.out; ++o) {
                layer.factor[o] = given.input_scale * given.scale[o] / next;
                layer.offset[o] = given.bias[o] / next;
            }
            in = shape.out_padded;
        }
        bind();
    }

    Impl(Team& team, const ModelParameters& model, std::size_t tile) : Impl(team, tile, false) {
        if (const auto obstacle = precision_obstacle(Precision::bf16))
            throw BackendError("inference in bf16: " + *obstacle);
        std::size_t in = model.layers.empty() ? 0 : model.layers.front().in;
        for (std::size_t l = 0; l < model.layers.size(); ++l) {
            const LayerParameters given = l == 0 ? with_raw_pixels(model.layers[0]) : model.layers[l];
            const LayerShape shape = shape_of(tile_, in, given.out, l + 1 == model.layers.size());
            AlignedVector<float> dense(shape.out_padded * in, 0.0F);
            for (std::size_t o = 0; o < given.out; ++o)
                std::copy_n(given.weight.data() + o * given.in, given.in, dense.data() + o * in);
            LowPrecisionLayer& layer =
                layers_.emplace_back(make_layer(shape, NumberFormat::bf16, dense.data()));
            std::copy(given.bias.begin(), given.bias.end(), layer.offset.begin());
            in = shape.out_padded;
        }
        bind();
    }

    template <class Visit>
    void forward_tiles(const LabelledRows& rows, Visit&& visit) {
        if (rows.pixels != layers_.front().shape.in)
            throw ShapeError(fmt::format("rows of {} pixels for a network with {} inputs", rows.pixels,
                                         layers_.front().shape.in));
        const std::size_t tiles = (rows.count + tile_ - 1) / tile_;
        team_.share(tiles, [&](std::size_t t, std::size_t thread) {
            const std::size_t live = std::min(tile_, rows.count - t * tile_);
            visit(t, live, run_tile(rows.images + t * tile_ * rows.pixels, live, thread));
        });
    }

    [[nodiscard]] std::size_t classes() const { return layers_.back().shape.out; }
    [[nodiscard]] std::size_t columns() const { return layers_.back().shape.out_padded; }
    [[nodiscard]] std::size_t tile() const { return tile_; }

    [[nodiscard]] std::vector<PrimitiveFacts> primitives() const {
        std::vector<PrimitiveFacts> facts;
        for (std::size_t l = 0; l < layers_.size(); ++l) {
            const LayerShape& shape = layers_[l].shape;
            facts.push_back(
                {.operation = fmt::format("fc{} forward", l + 1),
                 .shape = fmt::format("{}x{} by {}x{}", shape.rows, shape.in, shape.out_padded, shape.in),
                 .implementation = layers_[l].primitive.implementation,
                 .weights_layout = "any"});
        }
        return facts;
    }

  private:
    Impl(Team& team, std::size_t tile, bool int8)
        : team_(team),
          tile_(std::max<std::size_t>(tile, 1)),
          int8_(int8),
          scratchpads_(team.size(), huge_page_heap()) {}

    struct ThreadBuffers {
        AlignedVector<std::byte> pixels;               ///< [tile, in] u8, or bf16
        std::vector<AlignedVector<std::byte>> inputs;  ///< of the layers from the second on
        AlignedVector<std::byte> sums;                 ///< [tile, most outputs] s32
        AlignedVector<float> logits;                   ///< [tile, columns]
        std::vector<onednn::Call> calls;
    };

    void bind() {
        if (layers_.empty()) throw ShapeError("a model without layers");
        for (const LowPrecisionLayer& layer : layers_) scratchpads_.reserve(layer.primitive);
        scratchpads_.allocate();
        for (LowPrecisionLayer& layer : layers_) layer.scratchpads = scratchpads_.bind(layer.primitive);
        for (std::size_t t = 0; t < team_.size(); ++t) threads_.push_back(make_buffers());
    }

    ThreadBuffers make_buffers() {
        const std::size_t input_bytes = int8_ ? 1 : 2;
        ThreadBuffers buffers;
        buffers.pixels.resize(tile_ * layers_.front().shape.in * input_bytes);
        buffers.logits.resize(tile_ * columns());
        std::size_t most = 0;
        for (const LowPrecisionLayer& layer : layers_) {
            most = std::max(most, layer.shape.out_padded);
            if (!layer.shape.last) buffers.inputs.emplace_back(tile_ * layer.shape.out_padded * input_bytes);
        }
        buffers.sums.resize(tile_ * most * sizeof(std::int32_t));
        void* src = buffers.pixels.data();
        for (std::size_t l = 0; l < layers_.size(); ++l) {
            LowPrecisionLayer& layer = layers_[l];
            const LayerDescriptors md =
                layer_descriptors(layer.shape, int8_ ? NumberFormat::int8 : NumberFormat::bf16);
            void* dst = int8_              ? static_cast<void*>(buffers.sums.data())
                        : layer.shape.last ? static_cast<void*>(buffers.logits.data())
                                           : buffers.inputs[l].data();
            std::vector<onednn::Call::Argument> arguments{
                {DNNL_ARG_SRC, onednn::view(md.src, src)},
                {DNNL_ARG_WEIGHTS, onednn::view(layer.weights_md, layer.weights.data())},
                {DNNL_ARG_DST, onednn::view(md.dst, dst)}};
            if (!int8_) arguments.push_back({DNNL_ARG_BIAS, onednn::view(md.bias, layer.offset.data())});
            buffers.calls.emplace_back(layer.primitive, std::move(arguments));
            if (!layer.shape.last) src = buffers.inputs[l].data();
        }
        return buffers;
    }

    // A smaller last tile is computed as a whole one; the rows beyond the data are left over from before. In
    // int8 a whole one is read where it is: copying took 4 % of the time of 1024 rows on one core of an AMD
    // Zen 4.
    const float* run_tile(const std::uint8_t* images, std::size_t live, std::size_t thread) {
        ThreadBuffers& buffers = threads_[thread];
        const std::size_t count = live * layers_.front().shape.in;
        if (int8_ && live == tile_) {
            // oneDNN has one kind of memory for what is read and what is written.
            buffers.calls[0].point(0, const_cast<std::uint8_t*>(images));
        } else if (int8_) {
            std::copy_n(images, count, reinterpret_cast<std::uint8_t*>(buffers.pixels.data()));
            buffers.calls[0].point(0, buffers.pixels.data());
        } else {
            widen_to_bf16(images, reinterpret_cast<std::uint16_t*>(buffers.pixels.data()), count);
        }
        for (std::size_t l = 0; l < layers_.size(); ++l) {
            const LowPrecisionLayer& layer = layers_[l];
            buffers.calls[l].run(layer.scratchpads[thread]);
            if (!int8_) continue;
            const auto* sums = reinterpret_cast<const std::int32_t*>(buffers.sums.data());
            if (layer.shape.last) {
                dequantize_(sums, layer.factor.data(), layer.offset.data(), live, layer.shape.out_padded,
                            buffers.logits.data());
            } else {
                requantize_(sums, layer.factor.data(), layer.offset.data(), live, layer.shape.out_padded,
                            reinterpret_cast<std::uint8_t*>(buffers.inputs[l].data()));
            }
        }
        return buffers.logits.data();
    }

    Team& team_;
    std::size_t tile_;
    bool int8_;
    RequantizeFn requantize_ = requantize(detected_isa());
    DequantizeFn dequantize_ = dequantize(detected_isa());
    std::vector<LowPrecisionLayer> layers_;
    onednn::Scratchpads scratchpads_;
    std::vector<ThreadBuffers> threads_;
};

LowPrecisionEngine::LowPrecisionEngine(Team& team, const QuantizedModel& model, std::size_t tile)
    : impl_(std::make_unique<Impl>(team, model, tile)) {}
LowPrecisionEngine::LowPrecisionEngine(Team& team, const ModelParameters& model, std::size_t tile)
    : impl_(std::make_unique<Impl>(team, model, tile)) {}
LowPrecisionEngine::~LowPrecisionEngine() = default;

std::vector<float> LowPrecisionEngine::logits(const LabelledRows& rows) {
    const std::size_t classes = impl_->classes();
    std::vector<float> all(rows.count * classes);
    impl_->forward_tiles(rows, [&](std::size_t t, std::size_t live, const float* tile) {
        for (std::size_t r = 0; r < live; ++r)
            std::copy_n(tile + r * impl_->columns(), classes, all.data() + (t * impl_->tile() + r) * classes);
    });
    return all;
}

EvalOutcome LowPrecisionEngine::evaluate(const LabelledRows& rows) {
    const std::size_t classes = impl_->classes();
    const LossFn loss = softmax_cross_entropy(detected_isa());
    std::vector<double> losses((rows.count + impl_->tile() - 1) / impl_->tile(), 0.0);
    EvalOutcome outcome;
    outcome.predicted.resize(rows.count);
    impl_->forward_tiles(rows, [&](std::size_t t, std::size_t live, const float* tile) {
        losses[t] = loss({.logits = tile,
                          .labels = rows.labels + t * impl_->tile(),
                          .diff_logits = nullptr,
                          .rows = live,
                          .classes = classes,
                          .columns = impl_->columns(),
                          .scale = 1});
        for (std::size_t r = 0; r < live; ++r) {
            const float* row = tile + r * impl_->columns();
            outcome.predicted[t * impl_->tile() + r] =
                static_cast<std::uint8_t>(std::max_element(row, row + classes) - row);
        }
    });
    for (const double one : losses) outcome.loss += one;
    if (rows.count > 0) outcome.loss /= static_cast<double>(rows.count);
    outcome.confusion_matrix.assign(classes, std::vector<std::uint64_t>(classes, 0));
    for (std::size_t i = 0; i < rows.count; ++i) {
        ++outcome.confusion_matrix[rows.labels[i]][outcome.predicted[i]];
        if (rows.labels[i] == outcome.predicted[i]) ++outcome.correct;
    }
    return outcome;
}

std::vector<PrimitiveFacts> LowPrecisionEngine::primitives() const {
    return impl_->primitives();
}

}  // namespace mnist
