// The images are made by arithmetic alone, so that every run of the tests sees the same ones.
#include "fixtures.hpp"

#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <thread>

#include "mnist/core/atomic_file.hpp"
#include "mnist/core/rng.hpp"

namespace mnist::testing {
namespace {

namespace fs = std::filesystem;

std::string big_endian(std::size_t value) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8)
        bytes += static_cast<char>(value >> static_cast<unsigned>(shift) & 0xffU);
    return bytes;
}

void write_split(const fs::path& folder, const std::string& prefix, std::size_t count, std::size_t side,
                 std::uint32_t stream) {
    std::string images = big_endian(0x803) + big_endian(count) + big_endian(side) + big_endian(side);
    std::string labels = big_endian(0x801) + big_endian(count);
    CounterRng rng(7, RandomPurpose::synthetic, stream);
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t label = i % 4;
        labels += static_cast<char>(label);
        for (std::size_t row = 0; row < side; ++row) {
            for (std::size_t column = 0; column < side; ++column) {
                const std::size_t quadrant = (row >= side / 2 ? 2 : 0) + (column >= side / 2 ? 1 : 0);
                images += static_cast<char>((quadrant == label ? 120U : 0U) + rng.next_below(100));
            }
        }
    }
    write_file_atomically(folder / (prefix + "-images-idx3-ubyte"), images, IfExists::fail);
    write_file_atomically(folder / (prefix + "-labels-idx1-ubyte"), labels, IfExists::fail);
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "mnist-cli-test.XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

void write_tiny_data(const fs::path& folder, std::size_t side) {
    write_split(folder, "train", 200, side, 1);
    write_split(folder, "t10k", 100, side, 2);
}

Workshop::Workshop() {
    write_tiny_data(folder() / "tiny");
}

Launch Workshop::launch(std::vector<std::string> arguments) const {
    return {.arguments = std::move(arguments), .folder = folder()};
}

Launch Workshop::launch_train(const std::vector<std::string>& arguments) const {
    std::vector<std::string> all{"train", "--data-dir", "tiny", "--hidden", "8", "--threads", "2"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return launch(all);
}

Finished Workshop::mnist(std::vector<std::string> arguments) const {
    return run(launch(std::move(arguments)));
}

Finished Workshop::train(const std::vector<std::string>& arguments) const {
    return run(launch_train(arguments));
}

std::string Workshop::text_of(const fs::path& file) const {
    return read_file(folder() / file, std::size_t{1} << 24U);
}

nlohmann::json Workshop::json_of(const fs::path& file) const {
    return nlohmann::json::parse(text_of(file));
}

void Workshop::write(const fs::path& file, const std::string& text) const {
    write_file_atomically(folder() / file, text, IfExists::replace);
}

std::vector<std::string> Workshop::default_results() const {
    std::vector<std::string> names;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder())) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with("mnist-train-") && name.ends_with(".json")) names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    return names;
}

Launch on_one_cpu(Launch launch) {
    launch.before_exec = [] {
        cpu_set_t usable;
        if (::sched_getaffinity(0, sizeof(usable), &usable) != 0) return false;
        for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
            if (!CPU_ISSET(cpu, &usable)) continue;
            CPU_ZERO(&usable);
            CPU_SET(cpu, &usable);
            return ::sched_setaffinity(0, sizeof(usable), &usable) == 0;
        }
        return false;
    };
    return launch;
}

std::vector<std::map<std::string, std::string>> binding_environments() {
    return {{{"OMP_PROC_BIND", "true"}},
            {{"GOMP_CPU_AFFINITY", "0"}},
            {{"OMP_PLACES", "cores"}, {"OMP_PROC_BIND", "close"}},
            {{"KMP_AFFINITY", "compact"}}};
}

BusyMachine::BusyMachine() {
    constexpr unsigned kLoopsPerCpu = 3;
    const unsigned count = kLoopsPerCpu * std::max(1U, std::thread::hardware_concurrency());
    for (unsigned i = 0; i < count; ++i) {
        const pid_t loop = fork();
        if (loop == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);  // also where the test is killed
            for (volatile unsigned turns = 0;;) turns = turns + 1;
        }
        if (loop > 0) loops_.push_back(loop);
    }
}

BusyMachine::~BusyMachine() {
    for (const pid_t loop : loops_) {
        kill(loop, SIGKILL);
        waitpid(loop, nullptr, 0);
    }
}

std::string with_header(const std::string& content,
                        const std::function<void(nlohmann::ordered_json&)>& change) {
    std::uint64_t length = 0;
    std::memcpy(&length, content.data(), sizeof(length));
    auto header = nlohmann::ordered_json::parse(content.substr(8, length));
    change(header);
    const std::string text = header.dump();
    const std::uint64_t changed = text.size();
    return std::string(reinterpret_cast<const char*>(&changed), 8) + text + content.substr(8 + length);
}

std::string as_if_from_elsewhere(const std::string& content, const std::string& wrapper) {
    return with_header(content, [&](nlohmann::ordered_json& header) {
        nlohmann::ordered_json renamed;
        for (const auto& [name, tensor] : header.items())
            if (name != "__metadata__") renamed[wrapper + name] = tensor;
        header = renamed;
    });
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

nlohmann::json score_result() {
    nlohmann::json rows = nlohmann::json::array();
    const auto add = [&](const std::string& name, double seconds, int repetitions) {
        for (int i = 0; i < repetitions; ++i)
            rows.push_back({{"name", name},
                            {"run_type", "iteration"},
                            {"repetition_index", i},
                            {"real_time", seconds * (1 + 0.01 * i)},
                            {"time_unit", "s"},
                            {"iterations", 2}});
    };
    for (const std::string optimizer : {"SGD", "Momentum", "Adam"})
        for (const std::string batch : {"64", "256", "1024"}) {
            std::string name = std::string("Train/").append(optimizer).append("/batch:").append(batch);
            add(name, 0.1, 6);
            add(name.append("/copies:2"), 0.2, 6);
        }
    add("TimeToAccuracy/Record", 0.4, 10);
    return {{"context",
             {{"mnist.schema", "mnist-bench/1"},
              {"mnist.score.set", "1"},
              {"mnist.score.without_bf16", "this CPU has no AVX512_BF16"},
              {"mnist.machine.cpu_model", "Example CPU"},
              {"mnist.build.build_type", "Release"},
              {"mnist.dataset.name", "mnist"}}},
            {"benchmarks", rows}};
}

}  // namespace mnist::testing
