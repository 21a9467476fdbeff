// Builds the one-line message of an InputError from its parts.
#include "mnist/core/error.hpp"

#include <fmt/format.h>

#include <utility>

namespace mnist {
namespace {

std::string message(const InputFault& fault) {
    std::string text = fault.where;
    if (fault.offset) text += fmt::format(", byte {}", *fault.offset);
    text += fmt::format(": expected {}, found {}", fault.expected, fault.found);
    if (!fault.remedy.empty()) text += ". " + fault.remedy;
    return text;
}

}  // namespace

InputError::InputError(InputFault fault) : Error(message(fault)), fault_(std::move(fault)) {}

}  // namespace mnist
