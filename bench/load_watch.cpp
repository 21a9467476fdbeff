// The files are read whole, some hundred bytes to some kilobytes, outside every timed region.
#include "load_watch.hpp"

#include <sys/resource.h>

#include <array>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace mnist::bench {
namespace {

std::string text_of(const char* path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::optional<long> involuntary_switches() {
    rusage usage{};
    if (::getrusage(RUSAGE_SELF, &usage) != 0) return std::nullopt;
    return usage.ru_nivcsw;
}

}  // namespace

std::optional<CpuTicks> parse_cpu_ticks(std::string_view stat) {
    constexpr std::size_t kSteal = 7;
    std::istringstream line{std::string(stat.substr(0, stat.find('\n')))};
    std::string word;
    if (!(line >> word) || word != "cpu") return std::nullopt;
    CpuTicks ticks;
    for (std::size_t i = 0; i <= kSteal; ++i) {
        std::uint64_t number = 0;
        if (!(line >> number)) return std::nullopt;
        ticks.all += number;
        if (i == kSteal) ticks.stolen = number;
    }
    return ticks;
}

std::optional<double> parse_load_average(std::string_view loadavg) {
    std::istringstream text{std::string(loadavg)};
    text.imbue(std::locale::classic());
    double load = 0;
    if (!(text >> load) || load < 0) return std::nullopt;
    return load;
}

std::optional<double> steal_share(const CpuTicks& before, const CpuTicks& after) {
    if (after.all <= before.all || after.stolen < before.stolen) return std::nullopt;
    return static_cast<double>(after.stolen - before.stolen) / static_cast<double>(after.all - before.all);
}

std::optional<double> load_average_now() {
    return parse_load_average(text_of("/proc/loadavg"));
}

LoadWatch::LoadWatch() : ticks_(parse_cpu_ticks(text_of("/proc/stat"))), switches_(involuntary_switches()) {}

Load LoadWatch::now() const {
    Load load{.load_average = load_average_now(), .steal_share = {}, .involuntary_switches = {}};
    const std::optional<CpuTicks> ticks = parse_cpu_ticks(text_of("/proc/stat"));
    if (ticks_ && ticks) load.steal_share = steal_share(*ticks_, *ticks);
    const std::optional<long> switches = involuntary_switches();
    if (switches_ && switches) load.involuntary_switches = static_cast<double>(*switches - *switches_);
    return load;
}

}  // namespace mnist::bench
