// Files whole or not at all: what happens to existing files, links, and folders that cannot be written to;
// and that no temporary file stays behind, whatever went wrong.
#include "mnist/core/atomic_file.hpp"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "catch.hpp"
#include "core/temporary_folder.hpp"
#include "mnist/core/error.hpp"

namespace fs = std::filesystem;
using mnist::IfExists;
using mnist::TemporaryFolder;
using mnist::write_file_atomically;

namespace {

constexpr std::size_t kLimit = std::size_t{1} << 26U;

std::string content_of(const fs::path& path) {
    return mnist::read_file(path, kLimit);
}

mnist::InputFault write_fault(const fs::path& path, IfExists if_exists) {
    try {
        write_file_atomically(path, "new", if_exists);
    } catch (const mnist::InputError& error) {
        return error.fault();
    }
    FAIL("the file was written");
    return {};
}

// Root may write everywhere, so that a test about permissions gives the right up as long as it lasts.
class WithoutRoot {
  public:
    WithoutRoot() : was_(::geteuid()) {
        if (was_ == 0) REQUIRE(::seteuid(65534) == 0);
    }
    ~WithoutRoot() {
        if (::seteuid(was_) != 0)
            std::abort();  // the other tests would fail for a reason that is hard to find
    }
    WithoutRoot(const WithoutRoot&) = delete;
    WithoutRoot& operator=(const WithoutRoot&) = delete;

  private:
    uid_t was_;
};

class Umask {
  public:
    explicit Umask(mode_t mask) : old_(::umask(mask)) {}
    ~Umask() { ::umask(old_); }
    Umask(const Umask&) = delete;
    Umask& operator=(const Umask&) = delete;

  private:
    mode_t old_;
};

// Files of this process cannot grow beyond `bytes`: a full disk in small.
class FileSizeLimit {
  public:
    explicit FileSizeLimit(rlim_t bytes) : old_handler_(::signal(SIGXFSZ, SIG_IGN)) {
        REQUIRE(::getrlimit(RLIMIT_FSIZE, &old_) == 0);
        const rlimit limit{.rlim_cur = bytes, .rlim_max = old_.rlim_max};
        REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
    }
    ~FileSizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &old_);
        ::signal(SIGXFSZ, old_handler_);
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

  private:
    rlimit old_{};
    void (*old_handler_)(int);
};

mode_t mode_of(const fs::path& path) {
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 07777U;
}

}  // namespace

TEST_CASE("atomic file: any bytes are written as they are, in both modes") {
    const TemporaryFolder folder;
    std::string content(3'000'001, '\0');
    for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i * 31);
    write_file_atomically(folder.path() / "a", content, IfExists::fail);
    write_file_atomically(folder.path() / "b", content, IfExists::replace);
    write_file_atomically(folder.path() / "empty", "", IfExists::fail);
    CHECK((content_of(folder.path() / "a") == content));
    CHECK((content_of(folder.path() / "b") == content));
    CHECK(content_of(folder.path() / "empty").empty());
    CHECK(folder.entries() == 3);
}

TEST_CASE("atomic file: missing folders are created") {
    const TemporaryFolder folder;
    const fs::path path = folder.path() / "one" / "two" / "file.json";
    write_file_atomically(path, "x", IfExists::fail);
    CHECK(content_of(path) == "x");
}

TEST_CASE("atomic file: a name without a folder goes into the current one") {
    const TemporaryFolder folder;
    const fs::path before = fs::current_path();
    fs::current_path(folder.path());
    write_file_atomically("file", "x", IfExists::fail);
    fs::current_path(before);
    CHECK(content_of(folder.path() / "file") == "x");
}

TEST_CASE("atomic file: the mode is 0644 less the umask") {
    const TemporaryFolder folder;
    {
        const Umask mask(022);
        write_file_atomically(folder.path() / "a", "x", IfExists::fail);
    }
    {
        const Umask mask(077);
        write_file_atomically(folder.path() / "b", "x", IfExists::replace);
        CHECK(::umask(077) == 077);  // left as it was
    }
    CHECK(mode_of(folder.path() / "a") == 0644);
    CHECK(mode_of(folder.path() / "b") == 0600);
}

TEST_CASE("atomic file: an existing file is kept when it must not be replaced") {
    const TemporaryFolder folder;
    const fs::path path = folder.path() / "result.json";
    write_file_atomically(path, "old", IfExists::fail);
    const mnist::InputFault fault = write_fault(path, IfExists::fail);
    CHECK(fault.where == path.string());
    CHECK(fault.expected == "a new file");
    CHECK(fault.found == "a file of that name");
    CHECK_FALSE(fault.remedy.empty());
    CHECK(content_of(path) == "old");
    CHECK(folder.entries() == 1);
}

TEST_CASE("atomic file: an existing file is replaced when asked for, and an open reader keeps the old one") {
    const TemporaryFolder folder;
    const fs::path path = folder.path() / "cache";
    write_file_atomically(path, "a long old content", IfExists::fail);
    std::ifstream reader(path);
    write_file_atomically(path, "new", IfExists::replace);
    CHECK(content_of(path) == "new");
    CHECK(std::string(std::istreambuf_iterator<char>(reader), {}) == "a long old content");
    CHECK(folder.entries() == 1);
}

TEST_CASE("atomic file: a symbolic link counts as an existing file, and its target is never written") {
    const TemporaryFolder folder;
    const fs::path target = folder.path() / "target";
    const fs::path link = folder.path() / "link";
    const fs::path dangling = folder.path() / "dangling";
    write_file_atomically(target, "old", IfExists::fail);
    fs::create_symlink(target, link);
    fs::create_symlink(folder.path() / "nowhere", dangling);

    CHECK(write_fault(link, IfExists::fail).found == "a file of that name");
    CHECK(write_fault(dangling, IfExists::fail).found == "a file of that name");
    CHECK(fs::is_symlink(link));
    CHECK_FALSE(fs::exists(folder.path() / "nowhere"));

    write_file_atomically(link, "new", IfExists::replace);
    CHECK_FALSE(fs::is_symlink(link));
    CHECK(content_of(link) == "new");
    CHECK(content_of(target) == "old");
    CHECK(folder.entries() == 3);
}

TEST_CASE("atomic file: a folder is no place for a file's content, and a file is no folder") {
    const TemporaryFolder folder;
    fs::create_directory(folder.path() / "sub");
    CHECK(write_fault(folder.path() / "sub", IfExists::replace).found == "Is a directory");
    CHECK(write_fault(folder.path() / "sub", IfExists::fail).expected == "a file name");
    write_file_atomically(folder.path() / "file", "x", IfExists::fail);
    const mnist::InputFault fault = write_fault(folder.path() / "file" / "below", IfExists::fail);
    CHECK(fault.where == (folder.path() / "file").string());
    CHECK(fault.expected == "a folder to write into");
    CHECK(folder.entries() == 2);
}

TEST_CASE("atomic file: a read-only folder is refused with the system's reason") {
    const TemporaryFolder folder;
    const fs::path locked = folder.path() / "locked";
    fs::create_directory(locked);
    fs::permissions(locked, fs::perms::owner_read | fs::perms::owner_exec | fs::perms::others_read |
                                fs::perms::others_exec);
    fs::permissions(folder.path(), fs::perms::others_read | fs::perms::others_exec, fs::perm_options::add);
    {
        const WithoutRoot unprivileged;
        for (const IfExists mode : {IfExists::fail, IfExists::replace}) {
            const mnist::InputFault fault = write_fault(locked / "file", mode);
            CHECK(fault.where == locked.string());
            CHECK(fault.found == "Permission denied");
            CHECK(fault.remedy.find("permissions") != std::string::npos);
        }
        CHECK(write_fault(locked / "new" / "file", IfExists::fail).found == "Permission denied");
    }
    CHECK(fs::is_empty(locked));
    fs::permissions(locked, fs::perms::owner_all);
}

TEST_CASE("atomic file: a write that fails half-way leaves neither a part nor a temporary file") {
    const TemporaryFolder folder;
    const fs::path path = folder.path() / "file";
    write_file_atomically(path, "old", IfExists::fail);
    std::string found;
    {
        const FileSizeLimit limit(10'000);
        try {
            write_file_atomically(path, std::string(100'000, 'x'), IfExists::replace);
        } catch (const mnist::InputError& error) {
            found = error.fault().found;
        }
    }
    CHECK(found == "File too large");
    CHECK(content_of(path) == "old");
    CHECK(folder.entries() == 1);
}

TEST_CASE("atomic file: the longest file name that the system allows can be written") {
    const TemporaryFolder folder;
    const fs::path path = folder.path() / std::string(255, 'n');
    write_file_atomically(path, "x", IfExists::fail);
    CHECK(content_of(path) == "x");
    CHECK(folder.entries() == 1);
}

TEST_CASE("atomic file: a name that is too long is an input error, not a system exception") {
    const TemporaryFolder folder;
    const fs::path path = folder.path() / std::string(300, 'n');
    CHECK(write_fault(path, IfExists::fail).where == path.string());
    CHECK(mnist::first_free_path(path) == path);
}

TEST_CASE("atomic file: the first free name is the wanted one, then -2, -3, ...") {
    const TemporaryFolder folder;
    const fs::path wanted = folder.path() / "result.json";
    CHECK(mnist::first_free_path(wanted) == wanted);
    write_file_atomically(wanted, "", IfExists::fail);
    CHECK(mnist::first_free_path(wanted) == folder.path() / "result-2.json");
    fs::create_symlink("nowhere", folder.path() / "result-2.json");  // a dangling link is not free
    CHECK(mnist::first_free_path(wanted) == folder.path() / "result-3.json");
    fs::create_directory(folder.path() / "plain");
    CHECK(mnist::first_free_path(folder.path() / "plain") == folder.path() / "plain-2");
}

TEST_CASE("atomic file: reading stops at the limit") {
    const TemporaryFolder folder;
    const fs::path path = folder.path() / "file";
    write_file_atomically(path, std::string(200'000, 'x'), IfExists::fail);
    CHECK(mnist::read_file(path, 200'000).size() == 200'000);
    try {
        static_cast<void>(mnist::read_file(path, 199'999));
        FAIL("the file was read");
    } catch (const mnist::InputError& error) {
        CHECK(error.fault().where == path.string());
        CHECK(error.fault().offset == 199'999);
        CHECK(error.fault().expected == "at most 199999 bytes");
    }
    CHECK_THROWS_AS(mnist::read_file("/dev/zero", 1000), mnist::InputError);
}

TEST_CASE("atomic file: what cannot be read is an input error with the system's reason") {
    const TemporaryFolder folder;
    const auto reason = [](const fs::path& path) -> std::string {
        try {
            static_cast<void>(mnist::read_file(path, kLimit));
        } catch (const mnist::InputError& error) {
            CHECK(error.fault().where == path.string());
            return error.fault().found;
        }
        return "read";
    };
    CHECK(reason(folder.path() / "none") == "No such file or directory");
    CHECK(reason(folder.path()) == "Is a directory");
}
