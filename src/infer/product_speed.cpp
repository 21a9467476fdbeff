// All three are layers as inference builds them, with oneDNN's own layout of the weights. Taking turns, none
// gets the host's quiet moments for itself.
#include "mnist/infer/product_speed.hpp"

#include <algorithm>
#include <chrono>
#include <memory>

#include "low_precision_layer.hpp"
#include "mnist/onednn/threads.hpp"

namespace mnist {
namespace {

// Bytes of ones are small numbers in each format, no denormals and no infinities, in f32 and bf16 alike.
constexpr std::byte kSmall{0x3c};

class Product {
  public:
    explicit Product(NumberFormat format)
        : layer_(build(format)), calls_(call(layer_descriptors(layer_.shape, format))) {}

    [[nodiscard]] const std::string& implementation() const { return layer_.primitive.implementation; }

    // 1e9 operations a second over at least `seconds`.
    double gops(double seconds) const {
        using Clock = std::chrono::steady_clock;
        constexpr double kOperations = 2.0 * kProductRows * kProductIn * kProductOut;
        std::chrono::duration<double> passed{};
        double products = 0;
        onednn::on_one_thread([&] {
            const auto begin = Clock::now();
            do {
                calls_.run(layer_.scratchpads.front());
                ++products;
                passed = Clock::now() - begin;
            } while (passed.count() < seconds);
        });
        return 1e-9 * kOperations * products / passed.count();
    }

  private:
    static LowPrecisionLayer build(NumberFormat format) {
        AlignedVector<std::byte> weights(kProductOut * kProductIn * sizeof(float), kSmall);
        return make_layer({.rows = kProductRows,
                           .in = kProductIn,
                           .out = kProductOut,
                           .out_padded = kProductOut,
                           .last = true},
                          format, weights.data());
    }

    onednn::Call call(const LayerDescriptors& md) {
        src_.assign(md.src.get_size(), kSmall);
        dst_.resize(md.dst.get_size());
        scratchpads_.reserve(layer_.primitive);
        scratchpads_.allocate();
        layer_.scratchpads = scratchpads_.bind(layer_.primitive);
        std::vector<onednn::Call::Argument> arguments{
            {DNNL_ARG_SRC, onednn::view(md.src, src_.data())},
            {DNNL_ARG_WEIGHTS, onednn::view(layer_.weights_md, layer_.weights.data())},
            {DNNL_ARG_DST, onednn::view(md.dst, dst_.data())}};
        if (!md.bias.is_zero())
            arguments.push_back({DNNL_ARG_BIAS, onednn::view(md.bias, layer_.offset.data())});
        return {layer_.primitive, std::move(arguments)};
    }

    LowPrecisionLayer layer_;
    AlignedVector<std::byte> src_, dst_;
    onednn::Scratchpads scratchpads_{1, std::pmr::new_delete_resource()};
    onednn::Call calls_;
};

}  // namespace

std::vector<ProductSpeed> product_speeds(double round_s) {
    constexpr int kRounds = 40;  // short ones, so that a busy host leaves one alone
    std::vector<ProductSpeed> speeds;
    std::vector<std::unique_ptr<Product>> products;
    for (const NumberFormat format : {NumberFormat::f32, NumberFormat::bf16, NumberFormat::int8}) {
        ProductSpeed& speed = speeds.emplace_back();
        speed.format = format;
        auto& product = products.emplace_back();
        if (format == NumberFormat::bf16) speed.obstacle = precision_obstacle(Precision::bf16).value_or("");
        if (!speed.obstacle.empty()) continue;
        product = std::make_unique<Product>(format);
        speed.implementation = product->implementation();
    }
    for (int round = 0; round < kRounds; ++round) {
        for (std::size_t i = 0; i < speeds.size(); ++i) {
            if (products[i])
                speeds[i].gops = std::max(speeds[i].gops.value_or(0), products[i]->gops(round_s));
        }
    }
    return speeds;
}

}  // namespace mnist
