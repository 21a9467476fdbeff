// What workers cost each other, measured on the gate that training uses. A host that moves its virtual cores
// changes it from second to second, so it is measured in turns with what it is added to.
#pragma once

#include <vector>

#include "mnist/step/team.hpp"
#include "scaling_model.hpp"

namespace mnist::bench {

class WorkerCosts {
  public:
    /// Between `threads` threads on a core each, 2 or more.
    WorkerCosts(std::size_t threads, const std::vector<int>& cpus);
    /// Once more. Cost: some milliseconds.
    void measure();

    // Medians of what was measured; 0 before.
    /// What a phase takes beyond its work.
    [[nodiscard]] GateCost gate() const;
    /// What a line that another core has written takes longer to read than one that the reader has, where as
    /// many as a batch of 64 lets travel are read one after the other.
    [[nodiscard]] double line_s() const;

  private:
    Team one_, two_, team_;
    std::vector<double> bases_s_, items_s_, lines_s_;
};

}  // namespace mnist::bench
