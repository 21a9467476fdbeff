// git as a process, for its repository has three formats of references and two of objects, and a library that
// reads them would be the second largest part of the program. Only `rev-list`, which reads no configuration
// that runs programs. Left out: what a shallow clone does not have.
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <system_error>

#include "mnist/core/error.hpp"
#include "mnist/history/history.hpp"

namespace mnist {
namespace {

constexpr std::size_t kMostCommitBytes = std::size_t{512} << 20;

[[noreturn]] void throw_no_commits(const std::filesystem::path& folder, const std::string& found) {
    throw InputError({.where = folder.empty() ? "history" : folder.string(),
                      .expected = "a git repository, whose commits order the results",
                      .found = found,
                      .remedy = "Name it by --repository DIR, or order by --by date"});
}

std::string read_all(int descriptor) {
    std::string text;
    std::array<char, 65536> buffer{};
    while (text.size() < kMostCommitBytes) {
        const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
        if (got == 0 || (got < 0 && errno != EINTR)) break;
        if (got > 0) text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    ::close(descriptor);
    return text;
}

/// Standard output of git in `folder`.
std::string output_of_git(const std::filesystem::path& folder) {
    std::array<std::string, 7> words{"git",        "-C",    folder.empty() ? "." : folder.string(),
                                     "rev-list",   "--all", "--date-order",
                                     "--timestamp"};
    std::array<char*, 8> arguments{};
    std::transform(words.begin(), words.end(), arguments.begin(),
                   [](std::string& word) { return word.data(); });
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0)
        throw_no_commits(folder, std::generic_category().message(errno));
    posix_spawn_file_actions_t actions{};
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child = 0;
    const int error = ::posix_spawnp(&child, "git", &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(pipe[1]);
    const std::string text = read_all(pipe[0]);
    if (error != 0)
        throw_no_commits(folder, fmt::format("no git: {}", std::generic_category().message(error)));
    int status = 0;
    while (::waitpid(child, &status, 0) == -1 && errno == EINTR) {
    }
    if (status != 0) throw_no_commits(folder, "none");
    return text;
}

}  // namespace

std::vector<Commit> commits_of(const std::filesystem::path& folder) {
    const std::string text = output_of_git(folder);
    std::vector<Commit> commits;
    for (std::size_t begin = 0; begin < text.size();) {  // "1764000000 0123abcd..."
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        Commit commit;
        const auto [rest, error] = std::from_chars(text.data() + begin, text.data() + end, commit.time_s);
        if (error == std::errc() && rest < text.data() + end && *rest == ' ') {
            commit.hash.assign(rest + 1, text.data() + end);
            commits.push_back(std::move(commit));
        }
        begin = end + 1;
    }
    if (commits.empty()) throw_no_commits(folder, "one without commits");
    std::reverse(commits.begin(), commits.end());
    return commits;
}

}  // namespace mnist
