// The growth by half makes looks rare where they have little new to see.
#include "mnist/stats/looks.hpp"

#include <algorithm>

namespace mnist {

std::vector<std::size_t> look_schedule(std::size_t first, std::size_t most) {
    std::vector<std::size_t> looks{first};
    while (looks.back() < most) looks.push_back(std::min(most, looks.back() + (looks.back() + 1) / 2));
    return looks;
}

double alpha_of_look(double alpha, std::size_t planned) {
    return alpha / static_cast<double>(std::max<std::size_t>(planned, 1));
}

}  // namespace mnist
