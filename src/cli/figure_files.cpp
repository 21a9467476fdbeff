// gnuplot draws into a temporary folder inside the wanted one; what it made is then put into place file by
// file, whole and never over another. It runs without a shell and without the user's own settings.
#include "figure_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "mnist/core/atomic_file.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/new_file.hpp"
#include "mnist/report/text.hpp"

namespace mnist {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostBytes = std::size_t{64} << 20;
constexpr std::array kExtensions{".svg", ".png"};
constexpr const char* kScript = "figures.gp";
constexpr const char* kMessages = "messages.txt";

/// A fresh folder, removed with everything in it.
class ScratchFolder {
  public:
    explicit ScratchFolder(const fs::path& parent) {
        std::string name = (parent / ".figures.XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr)
            throw InputError({.where = parent.string(),
                              .expected = "a folder to write into",
                              .found = std::generic_category().message(errno),
                              .remedy = "Choose another one or check its permissions"});
        path_ = name;
    }
    ~ScratchFolder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    [[nodiscard]] const fs::path& path() const { return path_; }

  private:
    fs::path path_;
};

/// Runs gnuplot on the script in `folder`, there; returns its exit status.
int run_gnuplot(const fs::path& folder) {
    std::string program = "gnuplot";
    std::string plain = "--default-settings";
    std::string script = kScript;
    std::array<char*, 4> arguments{program.data(), plain.data(), script.data(), nullptr};
    posix_spawn_file_actions_t actions{};
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, kMessages, O_WRONLY | O_CREAT, 0600);
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    pid_t child = 0;
    const int error = ::posix_spawnp(&child, "gnuplot", &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0)
        throw InputError({.where = "--figures",
                          .expected = "the program gnuplot, which draws them",
                          .found = std::generic_category().message(error),
                          .remedy = "On Debian: apt-get install gnuplot-nox"});
    int status = 0;
    while (::waitpid(child, &status, 0) == -1 && errno == EINTR) {
    }
    return status;
}

}  // namespace

void require_free_figures(const std::vector<Figure>& figures, const fs::path& folder) {
    require_writable(folder, folder);
    for (const Figure& figure : figures) {
        for (const char* extension : kExtensions)
            require_new(
                folder / (figure.name + extension),
                "Figures are never overwritten: choose another folder with --figures or move the old ones");
    }
}

void write_figures(const std::vector<Figure>& figures, const fs::path& folder) {
    require_free_figures(figures, folder);
    fs::create_directories(folder);
    const ScratchFolder scratch(folder);
    std::string script;
    for (const Figure& figure : figures) script += figure_script(figure);
    write_file_atomically(scratch.path() / kScript, script, IfExists::fail);
    if (run_gnuplot(scratch.path()) != 0) {
        constexpr std::size_t kShown = 300;
        throw BackendError(
            fmt::format("gnuplot failed: {}",
                        printable(read_file(scratch.path() / kMessages, kMostBytes)).substr(0, kShown)));
    }
    for (const Figure& figure : figures) {
        for (const char* extension : kExtensions)
            write_file_atomically(folder / (figure.name + extension),
                                  read_file(scratch.path() / (figure.name + extension), kMostBytes),
                                  IfExists::fail);
    }
}

}  // namespace mnist
