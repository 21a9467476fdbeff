// Regular expressions of a user.
#include <fmt/format.h>

#include "mnist/core/error.hpp"
#include "mnist/history/history.hpp"

namespace mnist {

std::regex expression(const std::string& text, const std::string& flag) {
    try {
        return std::regex(text, std::regex::ECMAScript | std::regex::optimize);
    } catch (const std::regex_error& error) {
        throw InputError({.where = flag,
                          .expected = "a regular expression (ECMAScript)",
                          .found = fmt::format("\"{}\": {}", text, error.what()),
                          .remedy = "A backslash before ( [ { . * + ? $ ^ | takes them as they are"});
    }
}

Rename rename_of(const std::string& text, const std::string& flag) {
    std::size_t equals = text.find('=');
    while (equals != std::string::npos && equals >= 2 && text.compare(equals - 2, 2, "(?") == 0)
        equals = text.find('=', equals + 1);
    if (equals == std::string::npos || equals == 0)
        throw InputError({.where = flag,
                          .expected = "OLD=NEW, OLD a regular expression",
                          .found = fmt::format("\"{}\"", text),
                          .remedy = "For example: --rename 'Step/(.*)=Training/\\1'"});
    std::string to = text.substr(equals + 1);
    for (std::size_t i = 0; i + 1 < to.size(); ++i)
        if (to[i] == '\\' && to[i + 1] >= '0' && to[i + 1] <= '9') to[i] = '$';
    return {.from = expression(text.substr(0, equals), flag), .to = std::move(to)};
}

}  // namespace mnist
