// example BASE.json NEW.json: what `mnist compare` says of the two, from a program of one's own.
#include <mnist/compare/ranking.hpp>
#include <mnist/report/comparison_text.hpp>
#include <mnist/results/result_file.hpp>

#include <cstdio>

int main(int, char** argv) {
    std::vector<mnist::Measurements> sides;
    for (const char* file : {argv[1], argv[2]})
        std::visit([&](const auto& result) { sides.push_back(mnist::measurements_of(result, file)); },
                   mnist::read_result_file(file));
    std::fputs(mnist::comparison_text(mnist::compare_files(sides, {}), {}).c_str(), stdout);
}
