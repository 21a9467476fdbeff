// `mnist info`: what this machine and this build are, with the measured peaks of one thread and of all,
// and whether and how fast bf16 and int8 are multiplied; or, of a result of `mnist_bench --score`, the score.
#include <memory>
#include <string>

#include "app.hpp"
#include "console.hpp"
#include "info_text.hpp"
#include "mnist/compare/score.hpp"
#include "mnist/machine/calibrate.hpp"
#include "mnist/machine/fingerprint.hpp"
#include "mnist/machine/openmp_binding.hpp"
#include "mnist/machine/workers.hpp"
#include "mnist/report/score_text.hpp"
#include "mnist/results/result_file.hpp"

namespace mnist {
namespace {

int info(bool json) {
    const std::vector<int> cpus = usable_cpus().order;
    const double one = fma_peak_gflops({cpus.front()});
    const Info info{.machine = machine_facts(),
                    .isa_limit = isa_limit(),
                    .build = build_facts(),
                    .peak1 = one,
                    .peak_all = cpus.size() == 1 ? one : fma_peak_gflops(cpus),
                    .products = product_speeds()};
    Console console;
    console.warn_of_tracing();
    if (const auto narrowed = inherited_binding(info.machine, dropped_openmp_binding()))
        console.warn(*narrowed);
    console.print(json ? info_json(info) : info_text(info));
    return console.exit_code(kExitFine);
}

/// No score is a negative answer, whatever kind of result it is; no result is bad input.
int show_score(const std::string& file, bool json) {
    const Measurements measured = std::visit(
        [&](const auto& content) { return measurements_of(content, file); }, read_result_file(file));
    const std::optional<Score> score = score_of(measured);
    Console console;
    if (!score) {
        console.note(no_score_text(file));
        return kExitNegative;
    }
    if (json) {
        console.print_data(score_json(*score));
    } else {
        console.print(score_text(*score, console.style()));
    }
    return console.exit_code(score->is_refused() ? kExitNegative : kExitFine);
}

}  // namespace

void add_info_command(CLI::App& app, Action& action) {
    CLI::App* command = add_subcommand(app, "info", "Facts about this machine and this build",
                                       {"mnist info", "mnist info --json > machine.json",
                                        "MNIST_MAX_ISA=avx2 mnist info", "mnist info --score score.json"});
    command->footer(command->get_footer() +
                    "\nExit codes: 0 fine; 1 the file has no score, or it is refused; 2 bad usage or input; "
                    "3 our own failure.\n\n" +
                    isa_limit_help());
    const auto json = std::make_shared<bool>(false);
    command->add_flag("--json", *json, "One JSON object instead of text");
    const auto score = std::make_shared<std::string>();
    const CLI::Option* const given =
        add_word(*command, "--score", *score, "FILE", "The score in this result of `mnist_bench --score`");
    command->callback([json, score, given, &action] {
        action = [json, score, given] {
            return given->count() > 0 ? show_score(*score, *json) : info(*json);
        };
    });
}

}  // namespace mnist
