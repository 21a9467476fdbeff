// Joins the two rooms below: the loader of `data` as the batch feed of `step`. Private to this room.
#pragma once

#include "mnist/data/loader.hpp"
#include "mnist/step/engine.hpp"

namespace mnist {

class LoaderFeed final : public BatchFeed {
  public:
    explicit LoaderFeed(const LoaderShape& shape) : loader_(shape) {}

    void start_epoch(const std::uint8_t* images, std::span<const std::uint32_t> order) {
        loader_.start_epoch(images, order);
    }
    [[nodiscard]] std::vector<float*> slots() override { return loader_.slots(); }
    void wait(std::size_t step) override { loader_.wait(step); }
    void release_before(std::size_t step) override { loader_.release_before(step); }

  private:
    PrefetchLoader loader_;
};

}  // namespace mnist
