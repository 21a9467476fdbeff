// Writing a report page: for `mnist report` and for `mnist train --report`.
#pragma once

#include <filesystem>
#include <vector>

#include "console.hpp"
#include "mnist/report/page.hpp"

namespace mnist {

/// Throws InputError where the page exists or cannot be created. For checking before long work.
void require_free_page(const std::filesystem::path& page);

/// Writes the page, or under the first free name like it when somebody was faster, and says where. Says so
/// where this build has no charts. Throws InputError.
void write_page(const std::vector<ReportSource>& sources, const std::filesystem::path& page,
                Console& console);

}  // namespace mnist
