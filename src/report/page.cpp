// The page from its template. The policy names the hashes of the page's own scripts and style, so that
// nothing else can run or load, whatever a file should have smuggled in.
#include "mnist/report/page.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <map>

#include "mnist/core/base64.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/sha256.hpp"
#include "page_assets.hpp"

namespace mnist {
namespace {

/// "'sha256-...'", as a policy names the text of an inline element.
std::string hash_source(std::string_view text) {
    const std::string hex = sha256_hex(std::as_bytes(std::span(text.data(), text.size())));
    std::vector<std::uint8_t> bytes;
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        std::uint8_t byte = 0;
        std::from_chars(hex.data() + i, hex.data() + i + 2, byte, 16);
        bytes.push_back(byte);
    }
    return fmt::format("'sha256-{}'", to_base64(bytes));
}

std::string policy() {
    std::string scripts = hash_source(page_script());
    if (page_has_charts()) scripts += " " + hash_source(chart_library());
    return fmt::format("default-src 'none'; script-src {}; style-src {}; base-uri 'none'; form-action 'none'",
                       scripts, hash_source(page_style()));
}

/// The template with "{{name}}" replaced, in one pass: what is put in is never looked at again.
std::string filled(std::string_view text, const std::map<std::string_view, std::string_view>& values) {
    std::string page;
    while (true) {
        const std::size_t begin = text.find("{{");
        page += text.substr(0, begin);
        if (begin == std::string_view::npos) return page;
        const std::size_t end = text.find("}}", begin);
        const std::string_view name = text.substr(begin + 2, end - begin - 2);
        page += values.at(name);
        text.remove_prefix(end + 2);
    }
}

}  // namespace

bool page_has_charts() {
    return !chart_library().empty();
}

std::string report_page(const std::vector<ReportSource>& sources) {
    const std::string data = report_json(sources);
    const std::string allowed = policy();
    const std::string library =
        page_has_charts() ? fmt::format("<script>{}</script>", chart_library()) : std::string{};
    return filled(page_template(), {{"policy", allowed},
                                    {"style", page_style()},
                                    {"data", data},
                                    {"chart_library", library},
                                    {"script", page_script()}});
}

}  // namespace mnist
