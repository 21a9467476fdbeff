// The machine's limits first, so that what follows can be compared with them; training last.
#include "families.hpp"

namespace mnist::bench {

Registry all_benchmarks(Bench& bench) {
    Registry registry;
    if (bench.cluster != nullptr) {
        for (const auto add : {add_exchange, add_step, add_train}) add(registry, bench);
        return registry;
    }
    for (const auto add : {add_calibrate, add_inner_product, add_relu, add_softmax_cross_entropy,
                           add_optimizer_step, add_loader, add_step, add_scaling, add_infer,
                           bench.options.copies.empty() ? add_train : add_copies, add_time_to_accuracy})
        add(registry, bench);
    return registry;
}

}  // namespace mnist::bench
