// The errors as the standard library, TBB and this project throw them.
#include "mnist/machine/shortage.hpp"

#include <cerrno>
#include <new>
#include <system_error>

#include "catch.hpp"
#include "mnist/core/error.hpp"

namespace mnist {

TEST_CASE("shortage: memory is told with what is left, and what takes less") {
    const auto text = shortage(std::bad_alloc());
    REQUIRE(text.has_value());
    CHECK(text->starts_with("not enough memory"));
    CHECK(text->find("--batch-size") != std::string::npos);
}

TEST_CASE("shortage: a refused thread is told as such, whoever throws it") {
    const std::string words = std::generic_category().message(EAGAIN);
    for (const auto& text : {shortage(std::system_error(EAGAIN, std::generic_category())),
                             shortage(std::runtime_error("pthread_create has failed: " + words)),
                             shortage(BackendError("peak: thread 2 of 2 cannot be started: " + words))}) {
        REQUIRE(text.has_value());
        CHECK(text->find("a thread cannot be started") != std::string::npos);
        CHECK(text->find("--loader-threads") != std::string::npos);
    }
}

TEST_CASE("shortage: other errors are left to others") {
    CHECK_FALSE(shortage(std::runtime_error("no")).has_value());
    CHECK_FALSE(shortage(std::system_error(ENOSPC, std::generic_category())).has_value());
}

}  // namespace mnist
