// One member of a team that is not there: the real step with the work of the others left out, so that a
// machine with few cores shows how long each of many workers would take. A Team made from it says it has
// `team` threads, so everything is cut and dealt for so many, and has one thread, which is `member`. A gate
// lets that thread take what is dealt to it and nothing else, waits for nobody, and keeps the times. Numbers
// that the others would have computed stay what they were, so nothing that such a team trains is of any use.
#pragma once

#include <chrono>
#include <cstddef>
#include <utility>
#include <vector>

namespace mnist {

/// What a phase took its member, in seconds.
struct PhaseTimes {
    std::size_t items = 0;  ///< of all members
    double own_s = 0;       ///< the items that are dealt to this member
    std::vector<double>
        anyones{};  ///< of those that are dealt to nobody every team-th, from the member-th on
};

struct LoneMember {
    std::size_t team = 1;
    std::size_t member = 0;            ///< may be changed between two calls of Team::run
    std::vector<PhaseTimes> phases{};  ///< one for each phase that the member went through; cleared by nobody

    /// Runs take(begin, end) of a phase: see PhaseGate::Walker::phase.
    template <class Take>
    void phase(std::size_t dealt, std::size_t items, const Take& take) {
        PhaseTimes& times = phases.emplace_back(PhaseTimes{.items = items});
        times.own_s = seconds_of([&] { take(member * dealt / team, (member + 1) * dealt / team); });
        for (std::size_t item = dealt + member; item < items; item += team)
            times.anyones.push_back(seconds_of([&] { take(item, item + 1); }));
    }

  private:
    template <class Work>
    static double seconds_of(const Work& work) {
        const auto begin = std::chrono::steady_clock::now();
        work();
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    }
};

}  // namespace mnist
