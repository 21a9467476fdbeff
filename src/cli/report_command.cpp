// `mnist report`: any result files in, one HTML page out. All files are read before anything is written, so
// that a bad one leaves nothing behind.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <future>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "app.hpp"
#include "commands.hpp"
#include "console.hpp"
#include "figure_files.hpp"
#include "mnist/core/atomic_file.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/new_file.hpp"
#include "mnist/report/figures.hpp"
#include "mnist/report/page.hpp"
#include "mnist/report/text.hpp"
#include "page_file.hpp"

namespace mnist {
namespace {

namespace fs = std::filesystem;

struct ReportFlags {
    std::vector<std::string> files;
    std::string out;
    std::string figures;
};

/// File names where they differ, else whole paths.
std::vector<std::string> names_of(const std::vector<std::string>& files) {
    std::vector<std::string> names;
    names.reserve(files.size());
    for (const std::string& file : files) names.push_back(fs::path(file).filename().string());
    return std::set<std::string>(names.begin(), names.end()).size() == names.size() ? names : files;
}

void require_each_once(const std::vector<std::string>& files) {
    std::set<fs::path> seen;
    for (const std::string& file : files) {
        if (!seen.insert(fs::weakly_canonical(file)).second)
            throw InputError({.where = "report",
                              .expected = "each file once",
                              .found = fmt::format("{} twice", file),
                              .remedy = "Its figures would count as two measurements"});
    }
}

/// On all cores, for of thousands of files reading is what takes the time. The first that cannot be read is
/// the error, whichever was met first.
std::vector<ReportSource> read_sources(const std::vector<std::string>& files) {
    const std::vector<std::string> names = names_of(files);
    const std::size_t workers = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, files.size());
    std::vector<std::future<std::vector<ReportSource>>> parts;
    for (std::size_t part = 0; part < workers; ++part)
        parts.push_back(std::async(std::launch::async, [&, part] {
            std::vector<ReportSource> own;
            const std::size_t end = (part + 1) * files.size() / workers;
            for (std::size_t i = part * files.size() / workers; i < end; ++i)
                own.push_back({names[i], read_result_file(files[i])});
            return own;
        }));
    std::vector<ReportSource> all;
    for (auto& part : parts) std::ranges::move(part.get(), std::back_inserter(all));
    return all;
}

int report(const ReportFlags& flags) {
    if (flags.files.empty())
        throw InputError({.where = "report",
                          .expected = "one result file or more",
                          .found = "none",
                          .remedy = "For example: mnist report mnist-train-*.json --out report.html"});
    require_each_once(flags.files);
    // Figures alone need no page.
    const fs::path page =
        !flags.out.empty() || !flags.figures.empty() ? fs::path(flags.out) : first_free_path("report.html");
    if (!page.empty()) require_free_page(page);
    const std::vector<ReportSource> sources = read_sources(flags.files);
    Console console;
    const std::vector<Figure> figures =
        flags.figures.empty() ? std::vector<Figure>{} : report_figures(sources);
    if (!flags.figures.empty()) require_free_figures(figures, flags.figures);
    if (!page.empty()) write_page(sources, page, console);
    if (!flags.figures.empty()) {
        write_figures(figures, flags.figures);
        console.print(
            fmt::format("Figures: {} as SVG and PNG in {}\n", figures.size(), printable(flags.figures)));
    }
    return console.exit_code(kExitFine);
}

}  // namespace

void add_report_command(CLI::App& app, Action& action) {
    CLI::App* command = add_subcommand(app, "report", "One HTML page of any result files, to look at",
                                       {"mnist report mnist-train-20260131T120000Z.json",
                                        "mnist report results/*/*.json --out all-machines.html",
                                        "mnist report result.json --figures figures"});
    const auto flags = std::make_shared<ReportFlags>();
    command->add_option(
        "FILES", flags->files,
        "RESULT.json...: of mnist train, mnist_bench or another Google Benchmark program, in any mix");
    add_word(*command, "--out", flags->out, "FILE",
             "The page: one file that needs no network; never overwrites one (default: report.html, "
             "report-2.html, ...)");
    add_word(*command, "--figures", flags->figures, "DIR",
             "Write each chart as SVG and PNG into this folder, for documents; needs gnuplot");
    command->callback([flags, &action] { action = [flags] { return report(*flags); }; });
}

}  // namespace mnist
