// That a primitive has one thread, its caller, with whatever runtime this build's oneDNN has: ./run check
// onednn runs it with each.
#include "mnist/onednn/threads.hpp"

#include <filesystem>
#include <latch>
#include <stdexcept>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "mnist/onednn/primitives.hpp"

namespace mnist::onednn {
namespace {

std::ptrdiff_t process_threads() {
    const std::filesystem::directory_iterator tasks("/proc/self/task");
    return std::distance(begin(tasks), end(tasks));
}

// Large enough for a runtime to share it, and small enough for qemu.
constexpr std::size_t kRows = 512, kIn = 64, kOut = 64;

struct Product {
    Primitive primitive = forward_product({.rows = kRows, .in = kIn, .out = kOut, .bias = false}, false);
    std::vector<float> src = std::vector<float>(kRows * kIn, 1.0F);
    std::vector<float> weights = std::vector<float>(kIn * kOut, 1.0F);
    std::vector<float> dst = std::vector<float>(kRows * kOut);
    Scratchpads scratchpads{1, std::pmr::new_delete_resource()};
    Call call{primitive};

    void run() {
        scratchpads.reserve(primitive);
        scratchpads.allocate();
        call.point(0, src.data());
        call.point(1, weights.data());
        call.point(2, dst.data());
        const auto scratchpad = scratchpads.bind(primitive, 0);
        for (int k = 0; k < 20; ++k) call.run(scratchpad);
    }
};

// The same product as anybody makes it who says nothing about threads.
void run_with_all_threads() {
    using Md = dnnl::memory::desc;
    const auto dense = [](std::size_t rows, std::size_t columns) {
        return matrix(rows, columns, dnnl::memory::format_tag::ab);
    };
    const Md src = dense(kRows, kIn), weights = dense(kIn, kOut), dst = dense(kRows, kOut);
#if DNNL_VERSION_MAJOR >= 3
    const dnnl::matmul product(dnnl::matmul::primitive_desc(cpu_engine(), src, weights, dst));
#else
    const dnnl::matmul product(dnnl::matmul::primitive_desc({src, weights, dst}, cpu_engine()));
#endif
    dnnl::memory a(src, cpu_engine()), b(weights, cpu_engine()), c(dst, cpu_engine());
    for (int k = 0; k < 20; ++k)
        product.execute(cpu_stream(), {{DNNL_ARG_SRC, a}, {DNNL_ARG_WEIGHTS, b}, {DNNL_ARG_DST, c}});
}

}  // namespace

TEST_CASE("oneDNN's threads: a primitive made and run on one thread starts none, and one without does") {
    const std::ptrdiff_t before = process_threads();
    const int threads_here_before = threads_here();
    Product product;
    CHECK(threads_here() == threads_here_before);
    on_one_thread([&] {
        CHECK(threads_here() == 1);
        product.run();
    });
    CHECK(threads_here() == threads_here_before);
    CHECK(process_threads() == before);
    CHECK(product.dst == std::vector<float>(kRows * kOut, static_cast<float>(kIn)));
    run_with_all_threads();
    // On one CPU, or in the sequential library, there is nobody to start. TBB starts its threads when it
    // likes to, but here it shares.
    CHECK((process_threads() > before) == (threads_here() > 1));
}

TEST_CASE("oneDNN's threads: each of several threads is one thread at the same time, itself") {
    std::latch all_inside(3);
    const auto be_one = [&](int& seen, int& inside) {
        const std::thread::id caller = std::this_thread::get_id();
        on_one_thread([&] {
            // TBB would let another thread work where the caller finds no place.
            if (std::this_thread::get_id() == caller) seen = threads_here();
            on_one_thread([&] { inside = threads_here(); });
            all_inside.arrive_and_wait();
        });
    };
    std::vector<int> seen(3, 0), inside(3, 0);
    on_one_thread([&] {
        std::vector<std::thread> threads;
        for (std::size_t t = 0; t < 3; ++t) threads.emplace_back([&, t] { be_one(seen[t], inside[t]); });
        for (std::thread& thread : threads) thread.join();
    });
    CHECK(seen == std::vector<int>(3, 1));
    CHECK(inside == std::vector<int>(3, 1));
}

TEST_CASE("oneDNN's threads: an exception comes out, and the thread is what it was") {
    const int before = threads_here();
    CHECK_THROWS_AS(on_one_thread([] { throw std::runtime_error("no"); }), std::runtime_error);
    CHECK(threads_here() == before);
}

TEST_CASE("oneDNN's threads: OpenMP's runtime is named where there is one") {
    const std::string library = openmp_library();
    CHECK(library.empty() == (dnnl_version()->cpu_runtime != DNNL_RUNTIME_OMP));
    if (!library.empty()) CHECK(library.find(".so") != std::string::npos);
}

}  // namespace mnist::onednn
