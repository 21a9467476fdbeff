// What all formats take from a row. Private to this room.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "mnist/report/convert.hpp"

namespace mnist {

/// One thing that a row's repetitions measured.
struct MeasuredQuantity {
    std::string name;  ///< "time", "accuracy", "p99"
    const char* unit;  ///< "s", "%"
    const std::vector<double>* values;
};

/// Those that have any values: the time first, then the accuracy, then latencies.
[[nodiscard]] std::vector<MeasuredQuantity> quantities(const MeasuredRow& row);

/// The fact, or what stands for it where the result has none.
[[nodiscard]] std::string fact_or(const ConvertSource& source, const std::string& key,
                                  const std::string& other = {});

/// What the machine is called: the label, the host's name, the CPU's model, the first that there is.
[[nodiscard]] std::string machine_name(const ConvertSource& source);

}  // namespace mnist
