// Matrix products that all workers of a team run, each with arguments and a scratchpad of its own. Made
// before training; running one for the second time allocates nothing of ours. Private to this room.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <memory_resource>
#include <tuple>
#include <utility>
#include <vector>

#include "mnist/onednn/primitives.hpp"

namespace mnist {

/// One shape of a product.
class TeamProduct {
  public:
    explicit TeamProduct(onednn::Primitive primitive) : primitive_(std::move(primitive)) {}

    [[nodiscard]] const onednn::Primitive& primitive() const noexcept { return primitive_; }
    /// As worker `worker`, on the primitive's operands. Cost: some 50 ns beside the product; on the worker's
    /// first run it makes its arguments, some kilobytes that lie beside nobody else's.
    void run(std::size_t worker, const void* left, const void* right, void* result,
             const void* bias = nullptr);

  private:
    friend class Products;
    struct WorkerCall {
        onednn::Call call;
        dnnl::memory scratchpad;
    };
    onednn::Primitive primitive_;
    onednn::Scratchpads* scratchpads_ = nullptr;
    std::vector<std::unique_ptr<WorkerCall>> calls_;  ///< [workers]; null where one never ran it
};

/// The products of a kind by how many rows they take: a whole tile, and what is left of one.
using ProductsByRows = std::vector<std::pair<std::size_t, TeamProduct*>>;
[[nodiscard]] TeamProduct& of_rows(const ProductsByRows& products, std::size_t rows);

/// All products of an engine, each shape once.
class Products {
  public:
    /// `memory` is not owned and must outlive the products.
    Products(std::size_t workers, std::pmr::memory_resource* memory)
        : workers_(workers), scratchpads_(workers, memory) {}

    // See onednn/primitives.hpp. Each throws BackendError.
    [[nodiscard]] TeamProduct& forward(const onednn::ProductShape& shape, bool relu);
    [[nodiscard]] TeamProduct& backward_data(const onednn::ProductShape& shape);
    [[nodiscard]] TeamProduct& weights_gradient(const onednn::ProductShape& shape, bool by_output, bool add);

    /// After the last product was asked for, before the first is run.
    void bind();

  private:
    enum class Kind { forward, backward_data, gradient };
    using Key = std::tuple<Kind, onednn::ProductShape, bool, bool>;
    template <class Make>
    TeamProduct& find_or_make(const Key& key, Make make);

    std::size_t workers_;
    onednn::Scratchpads scratchpads_;
    std::map<Key, std::unique_ptr<TeamProduct>> products_;
};

}  // namespace mnist
