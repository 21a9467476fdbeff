// What `mnist info` prints: the machine, the build and what was measured, for people (aligned lines) and for
// programs (JSON). Pure functions; collecting the facts and measuring is the subcommand's work.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mnist/core/facts.hpp"
#include "mnist/core/isa.hpp"
#include "mnist/infer/product_speed.hpp"

namespace mnist {

struct Info {
    MachineFacts machine;
    std::optional<IsaLevel> isa_limit;  ///< what MNIST_MAX_ISA says
    BuildFacts build;
    double peak1 = 0;     ///< f32 multiply-add peak of one thread, GFLOP/s
    double peak_all = 0;  ///< the same of all usable threads at once
    std::vector<ProductSpeed> products;
};

/// Aligned lines under four headings, ending with a newline. What could not be found out reads "-".
[[nodiscard]] std::string info_text(const Info& info);

/// {"machine": {...}, "max_isa", "build": {...}, "fma_peak_gflops": {"one_thread", "all_threads"},
/// "products": {"shape", "f32": {"gops", "implementation", "obstacle"}, ...}}, with the keys that result
/// files use, indented by one space, ending with a newline. A number that is missing or not finite becomes
/// null, as does a missing text.
[[nodiscard]] std::string info_json(const Info& info);

}  // namespace mnist
