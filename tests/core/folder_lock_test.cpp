// One holder at a time, and a holder that is killed leaves nothing behind.
#include "mnist/core/folder_lock.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <memory>

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "mnist/core/error.hpp"

namespace mnist {

TEST_CASE(
    "folder lock: missing folders are created, and a second holder is refused until the first is gone") {
    const TemporaryFolder place;
    const std::filesystem::path folder = place.path() / "a" / "b";
    auto first = std::make_unique<FolderLock>(folder);
    try {
        const FolderLock second(folder);
        FAIL("there are two");
    } catch (const InputError& error) {
        CHECK(error.fault().where == folder.string());
        CHECK(error.fault().found == "one that uses it now");
    }
    first.reset();
    CHECK_NOTHROW(FolderLock(folder));
}

TEST_CASE("folder lock: a process that is killed gives it back") {
    const TemporaryFolder place;
    int ready[2];
    REQUIRE(::pipe(ready) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const FolderLock lock(place.path());
        static_cast<void>(!::write(ready[1], "x", 1));
        ::pause();
    }
    char sign = 0;
    REQUIRE(::read(ready[0], &sign, 1) == 1);
    CHECK_THROWS_AS(FolderLock(place.path()), InputError);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    CHECK_NOTHROW(FolderLock(place.path()));
    ::close(ready[0]);
    ::close(ready[1]);
}

TEST_CASE("folder lock: a file in the folder's place is refused with the system's reason") {
    const TemporaryFolder place;
    std::ofstream(place.path() / "file") << "x";
    CHECK_THROWS_AS(FolderLock(place.path() / "file"), InputError);
    CHECK_THROWS_AS(FolderLock(place.path() / "file" / "below"), InputError);
}

}  // namespace mnist
