// The page is made in memory first, so that it is written whole or not at all.
#include "page_file.hpp"

#include <fmt/format.h>

#include "mnist/core/error.hpp"
#include "mnist/core/new_file.hpp"
#include "mnist/report/text.hpp"

namespace mnist {

void require_free_page(const std::filesystem::path& page) {
    if (!page.has_filename() || page.filename() == ".")
        throw InputError({.where = page.string(),
                          .expected = "a file name",
                          .found = page.empty() ? "nothing" : "the name of a folder",
                          .remedy = "For example: report.html"});
    require_new(page, "Pages are never overwritten: choose another name or move the old one");
    require_writable(page, page.parent_path());
}

void write_page(const std::vector<ReportSource>& sources, const std::filesystem::path& page,
                Console& console) {
    const std::filesystem::path written = write_new_file(page, report_page(sources));
    console.print(fmt::format("Page: {}\n", printable(written.string())));
    if (!page_has_charts())
        console.note(
            "this build has no Chart.js, so the page has tables only: install libjs-chart.js and build "
            "again");
}

}  // namespace mnist
