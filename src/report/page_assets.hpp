// The page's own files as they were when this was built, see cmake/EmbedPage.cmake. Only inside this room.
#pragma once

#include <string_view>

namespace mnist {

[[nodiscard]] std::string_view page_template();
[[nodiscard]] std::string_view page_style();
/// All scripts in src/report/page, one after the other.
[[nodiscard]] std::string_view page_script();
/// Chart.js; empty where the build did not have it.
[[nodiscard]] std::string_view chart_library();

}  // namespace mnist
