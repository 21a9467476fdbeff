// A call is a message to every rank and one from each. Whoever waits looks for calls as well and joins them,
// so in a second all have answered that are able to; then the wait goes on.
#include "watch.hpp"

#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <thread>

#include "mnist/core/error.hpp"

namespace mnist {
namespace {

constexpr std::chrono::milliseconds kLook{50};
constexpr std::chrono::milliseconds kAnswer{1500};
// What the rank that speaks may need to save what there is; then whoever is left ends all.
constexpr std::chrono::seconds kSilence{2};
constexpr int kExitCode = 3;

struct Card {
    std::array<char, 248> host{};
    long process = 0;
};

// One that was killed stays until its launcher asks for its exit code, which may take a second. The name
// before its state may hold anything.
bool lives(pid_t process) {
    if (::kill(process, 0) != 0 && errno == ESRCH) return false;
    std::ifstream file("/proc/" + std::to_string(process) + "/stat");
    std::string text;
    std::getline(file, text);
    const std::size_t name_end = text.rfind(") ");
    return name_end == std::string::npos || text.compare(name_end, 3, ") Z") != 0;
}

}  // namespace

void check_mpi(int result, const char* what) {
    if (result == MPI_SUCCESS) return;
    std::array<char, MPI_MAX_ERROR_STRING> text{};
    int length = 0;
    MPI_Error_string(result, text.data(), &length);
    throw RankError(std::string(what) + " failed: " + text.data(), kExitCode);
}

RankWatch::RankWatch(MPI_Comm world, int rank, int ranks)
    : rank_(static_cast<std::size_t>(rank)), ranks_(static_cast<std::size_t>(ranks)), words_(ranks_, 0) {
    check_mpi(MPI_Comm_dup(world, &calls_), "MPI_Comm_dup");
    Card own{.process = ::getpid()};
    ::gethostname(own.host.data(), own.host.size() - 1);
    std::vector<Card> cards(ranks_);
    check_mpi(MPI_Allgather(&own, sizeof own, MPI_BYTE, cards.data(), sizeof own, MPI_BYTE, world),
              "MPI_Allgather");
    for (const Card& card : cards) {
        hosts_.emplace_back(card.host.data());
        // Another container may have the same name and cannot be seen from here.
        const auto process = static_cast<pid_t>(card.process);
        const bool seen = hosts_.back() == own.host.data() && ::kill(process, 0) == 0;
        processes_.push_back(seen ? process : 0);
    }
}

RankWatch::~RankWatch() {
    int finalized = 0;
    MPI_Finalized(&finalized);
    if (finalized == 0) MPI_Comm_free(&calls_);
}

void RankWatch::await(MPI_Request& request, Clock::duration patience) {
    const Clock::time_point begin = Clock::now();
    Clock::time_point looked = begin;
    Clock::time_point called = begin;
    while (true) {
        int done = 0;
        check_mpi(MPI_Test(&request, &done, MPI_STATUS_IGNORE), "the exchange");
        if (done != 0) return;
        const Clock::time_point now = Clock::now();
        if (now - begin > std::chrono::microseconds{200}) ::sched_yield();
        if (now - looked < kLook) continue;
        looked = now;
        look_for_the_gone();
        int asked = 0;
        MPI_Iprobe(MPI_ANY_SOURCE, round_, calls_, &asked, MPI_STATUS_IGNORE);
        if (asked == 0 && now - called < patience) continue;
        call_all();
        called = Clock::now();
    }
}

std::vector<std::size_t> RankWatch::gone() const {
    std::vector<std::size_t> missing;
    for (std::size_t r = 0; r < ranks_; ++r)
        if (processes_[r] != 0 && !lives(processes_[r])) missing.push_back(r);
    return missing;
}

// Of several that end at once one is gone first; a second look keeps those who live from leaving the word to
// one that is about to go.
void RankWatch::look_for_the_gone() const {
    if (gone().empty()) return;
    std::this_thread::sleep_for(kLook);
    report(gone(), "ended before its time");
}

void RankWatch::call_all() {
    std::vector<MPI_Request> answers(ranks_, MPI_REQUEST_NULL);
    static constexpr char kHere = 1;  // and `words_`: MPI may use them after a wait was given up
    for (std::size_t r = 0; r < ranks_; ++r) {
        if (r == rank_) continue;
        const int other = static_cast<int>(r);
        MPI_Request sent = MPI_REQUEST_NULL;
        check_mpi(MPI_Irecv(&words_[r], 1, MPI_BYTE, other, round_, calls_, &answers[r]), "MPI_Irecv");
        check_mpi(MPI_Isend(&kHere, 1, MPI_BYTE, other, round_, calls_, &sent), "MPI_Isend");
        check_mpi(MPI_Request_free(&sent), "MPI_Request_free");
    }
    ++round_;
    std::vector<std::size_t> missing;
    const Clock::time_point end = Clock::now() + kAnswer;
    do {
        missing.clear();
        for (std::size_t r = 0; r < ranks_; ++r) {
            int answered = 0;
            MPI_Test(&answers[r], &answered, MPI_STATUS_IGNORE);
            if (answered == 0) missing.push_back(r);
        }
        if (missing.empty()) return;
        look_for_the_gone();
        ::sched_yield();
    } while (Clock::now() < end);
    report(missing, "does not answer");
}

void RankWatch::report(const std::vector<std::size_t>& missing, const std::string& what) const {
    std::size_t speaker = 0;
    while (std::find(missing.begin(), missing.end(), speaker) != missing.end()) ++speaker;
    if (speaker != rank_) {
        std::this_thread::sleep_for(kSilence);
        throw RankError("", kExitCode);
    }
    std::string text;
    for (const std::size_t r : missing)
        text += (text.empty() ? "rank " : ", rank ") + std::to_string(r) + " (" + hosts_[r] + ")";
    throw RankError(text + " " + what +
                        ": all ranks end. A training with --checkpoint goes on by --resume, "
                        "from the last whole epoch and with any number of ranks",
                    kExitCode);
}

}  // namespace mnist
