// `mnist info`: what this machine and this build are, with the measured peaks of one thread and of all,
// and whether and how fast bf16 and int8 are multiplied.
#include <memory>

#include "app.hpp"
#include "console.hpp"
#include "info_text.hpp"
#include "mnist/machine/calibrate.hpp"
#include "mnist/machine/fingerprint.hpp"
#include "mnist/machine/openmp_binding.hpp"
#include "mnist/machine/workers.hpp"

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

}  // namespace

void add_info_command(CLI::App& app, Action& action) {
    CLI::App* command =
        add_subcommand(app, "info", "Facts about this machine and this build",
                       {"mnist info", "mnist info --json > machine.json", "MNIST_MAX_ISA=avx2 mnist info"});
    command->footer(command->get_footer() + "\n" + isa_limit_help());
    const auto json = std::make_shared<bool>(false);
    command->add_flag("--json", *json, "One JSON object instead of text");
    command->callback([command, json, &action] {
        action = [command, json] {
            reject_unknown_words(*command);
            return info(*json);
        };
    });
}

}  // namespace mnist
