// Finding products by their shape, and pointing their calls.
#include "products.hpp"

#include <algorithm>

namespace mnist {

void TeamProduct::run(std::size_t worker, const void* left, const void* right, void* result,
                      const void* bias) {
    std::unique_ptr<WorkerCall>& mine = calls_[worker];
    if (!mine)
        mine = std::make_unique<WorkerCall>(
            WorkerCall{onednn::Call(primitive_), scratchpads_->bind(primitive_, worker)});
    // oneDNN's memory objects take addresses of what they only read without const.
    mine->call.point(0, const_cast<void*>(left));
    mine->call.point(1, const_cast<void*>(right));
    mine->call.point(2, result);
    if (bias != nullptr) mine->call.point(3, const_cast<void*>(bias));
    mine->call.run(mine->scratchpad);
}

TeamProduct& of_rows(const ProductsByRows& products, std::size_t rows) {
    const auto found = std::find_if(products.begin(), products.end(),
                                    [rows](const auto& product) { return product.first == rows; });
    return *found->second;
}

template <class Make>
TeamProduct& Products::find_or_make(const Key& key, Make make) {
    std::unique_ptr<TeamProduct>& product = products_[key];
    if (!product) {
        product = std::make_unique<TeamProduct>(make());
        scratchpads_.reserve(product->primitive());
    }
    return *product;
}

TeamProduct& Products::forward(const onednn::ProductShape& shape, bool relu) {
    return find_or_make({Kind::forward, shape, relu, false},
                        [&] { return onednn::forward_product(shape, relu); });
}

TeamProduct& Products::backward_data(const onednn::ProductShape& shape) {
    return find_or_make({Kind::backward_data, shape, false, false},
                        [&] { return onednn::backward_data_product(shape); });
}

TeamProduct& Products::weights_gradient(const onednn::ProductShape& shape, bool by_output, bool add) {
    return find_or_make({Kind::gradient, shape, by_output, add},
                        [&] { return onednn::weights_gradient_product(shape, by_output, add); });
}

void Products::bind() {
    scratchpads_.allocate();
    for (auto& [key, product] : products_) {
        product->scratchpads_ = &scratchpads_;
        product->calls_.resize(workers_);
    }
}

}  // namespace mnist
