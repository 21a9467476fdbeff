// One list of (label, value) lines: the alignment follows from it, and an empty value becomes "-".
#include "info_text.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>

#include "mnist/core/binary_size.hpp"
#include "mnist/results/train_json.hpp"

namespace mnist {
namespace {

constexpr std::string_view kAbsent = "-";

void line(std::string& text, std::string_view label, std::string_view value) {
    text += fmt::format("  {:<18}{}\n", label, value.empty() ? kAbsent : value);
}

template <class T>
std::string shown(const std::optional<T>& value) {
    return value ? fmt::format("{}", *value) : "";
}

std::string cache_label(const CacheFacts& cache) {
    const std::string_view kind = cache.type == "data" ? "d" : (cache.type == "instruction" ? "i" : "");
    return fmt::format("L{}{} cache", cache.level, kind);
}

std::string usable(const MachineFacts& machine) {
    std::string text = fmt::format("{} {} on {} {}", machine.usable_threads,
                                   machine.usable_threads == 1 ? "thread" : "threads", machine.usable_cores,
                                   machine.usable_cores == 1 ? "core" : "cores");
    if (machine.cgroup_cpu_quota)
        text += fmt::format(" (control group quota: {:.2f} cores)", *machine.cgroup_cpu_quota);
    return text;
}

std::string shown_peak(double gflops) {
    return std::isfinite(gflops) ? fmt::format("{:.1f} GFLOP/s", gflops) : "";
}

std::string shown_commit(const BuildFacts& build) {
    return build.commit.empty() ? "" : build.commit + (build.dirty ? " with uncommitted changes" : "");
}

/// "25, 17, stepping 1", as far as known.
std::string cpu_numbers(const MachineFacts& machine) {
    if (!machine.cpu_family || !machine.cpu_model_number) return "";
    const std::string text = fmt::format("{}, {}", *machine.cpu_family, *machine.cpu_model_number);
    return machine.cpu_stepping ? fmt::format("{}, stepping {}", text, *machine.cpu_stepping) : text;
}

void machine_lines(std::string& text, const MachineFacts& machine, std::optional<IsaLevel> limit) {
    text += "Machine\n";
    line(text, "CPU", machine.cpu_model);
    line(text, "generation", machine.cpu_generation.value_or(""));
    line(text, "family, model", cpu_numbers(machine));
    line(text, "microcode", machine.cpu_microcode ? fmt::format("{:#x}", *machine.cpu_microcode) : "");
    line(text, "sockets", shown(machine.sockets));
    line(text, "cores", shown(machine.physical_cores));
    line(text, "threads", shown(machine.hardware_threads));
    line(text, "usable", usable(machine));
    for (const CacheFacts& cache : machine.caches) {
        line(text, cache_label(cache),
             fmt::format("{} x {}", cache.instances, binary_size(static_cast<double>(cache.bytes))));
    }
    line(text, "NUMA nodes", shown(machine.numa_nodes));
    line(text, "memory", machine.memory_bytes ? binary_size(static_cast<double>(*machine.memory_bytes)) : "");
    line(text, "governor", machine.governor.value_or(""));
    line(text, "turbo", machine.turbo ? (*machine.turbo ? "on" : "off") : "");
    line(text, "virtualisation", machine.virtualisation.value_or(""));
    line(text, "kernel", machine.kernel);
    line(text, "system", machine.os);
    line(text, "instructions", machine.instructions.value_or(""));
    line(text, "our loops", machine.isa);
    line(text, "oneDNN's ISA", machine.onednn_isa);
    line(text, "MNIST_MAX_ISA", limit ? name(*limit) : "");
}

void build_lines(std::string& text, const BuildFacts& build) {
    text += "Build\n";
    line(text, "version", build.version);
    line(text, "commit", shown_commit(build));
    line(text, "compiler", build.compiler);
    line(text, "build type", build.build_type);
    line(text, "flags", build.flags);
    line(text, "oneDNN", build.onednn);
    line(text, "oneDNN threads", build.onednn_cpu_runtime);
    line(text, "oneTBB", build.tbb);
    line(text, "C++ library", build.standard_library);
    line(text, "other libraries", build.libraries);
}

/// "190.1 GFLOP/s, 1.9 times f32, brgemm:avx512_core_bf16", or why not.
std::string shown_product(const ProductSpeed& product, std::optional<double> f32_gops) {
    if (!product.gops) return "not here: " + product.obstacle;
    const bool whole = product.format == NumberFormat::int8;
    std::string text = fmt::format("{:.1f} {}", *product.gops, whole ? "GOP/s" : "GFLOP/s");
    if (product.format != NumberFormat::f32 && f32_gops)
        text += fmt::format(", {:.2f} times f32", *product.gops / *f32_gops);
    return text + ", " + product.implementation;
}

std::string product_shape() {
    return fmt::format("{}x{} by {}x{}", kProductRows, kProductIn, kProductOut, kProductIn);
}

nlohmann::ordered_json finite(std::optional<double> value) {
    return value && std::isfinite(*value) ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
}

nlohmann::ordered_json or_null(std::string_view text) {
    return text.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(text);
}

}  // namespace

std::string info_text(const Info& info) {
    std::string text;
    machine_lines(text, info.machine, info.isa_limit);
    build_lines(text, info.build);
    text += "Measured f32 multiply-add peak\n";
    line(text, "one thread", shown_peak(info.peak1));
    line(text, fmt::format("all threads ({})", info.machine.usable_threads), shown_peak(info.peak_all));
    text += fmt::format("Measured products of one thread ({})\n", product_shape());
    std::optional<double> f32_gops;
    for (const ProductSpeed& product : info.products) {
        if (product.format == NumberFormat::f32) f32_gops = product.gops;
        line(text, name(product.format), shown_product(product, f32_gops));
    }
    return text;
}

std::string info_json(const Info& info) {
    nlohmann::ordered_json json;
    json["machine"] = to_json(info.machine);
    json["max_isa"] = or_null(info.isa_limit ? name(*info.isa_limit) : "");
    json["build"] = to_json(info.build);
    json["fma_peak_gflops"] = {{"one_thread", finite(info.peak1)}, {"all_threads", finite(info.peak_all)}};
    json["products"]["shape"] = product_shape();
    for (const ProductSpeed& product : info.products)
        json["products"][std::string(name(product.format))] = {
            {"gops", finite(product.gops)},
            {"implementation", or_null(product.implementation)},
            {"obstacle", or_null(product.obstacle)}};
    return json.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace mnist
