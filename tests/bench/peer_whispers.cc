/* SPDX-License-Identifier: MIT */
// peer_whispers D2 FLOATS_IN LABELS_OUT: Chinese whispers of dlib over rows of 128 float32, with an edge between rows closer than
// D2 (squared distance). Writes one label per line. Prints CPU seconds, including the edges.
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

#include <dlib/clustering.h>

int main(int argc, char **argv)
{
    const size_t dim = 128;
    if (argc != 4)
        return 2;
    const float limit = strtof(argv[1], nullptr);
    std::vector<float> x;
    std::FILE *f = std::fopen(argv[2], "rb");
    float row[dim];
    while (f && std::fread(row, sizeof row, 1, f) == 1)
        x.insert(x.end(), row, row + dim);
    if (!f || x.empty())
        return 1;
    std::fclose(f);
    const size_t n = x.size() / dim;
    const std::clock_t start = std::clock();
    std::vector<dlib::sample_pair> edges;
    for (size_t i = 0; i < n; i++) {
        edges.push_back(dlib::sample_pair(i, i));
        for (size_t j = 0; j < i; j++) {
            const float *a = &x[i * dim], *b = &x[j * dim];
            float dot = 0;
            for (size_t k = 0; k < dim; k++)
                dot += a[k] * b[k];
            if (2 - 2 * dot < limit)
                edges.push_back(dlib::sample_pair(i, j));
        }
    }
    std::vector<unsigned long> labels;
    dlib::chinese_whispers(edges, labels);
    std::printf("%.2f\n", double(std::clock() - start) / CLOCKS_PER_SEC);
    f = std::fopen(argv[3], "w");
    for (size_t i = 0; f && i < labels.size(); i++)
        std::fprintf(f, "%lu\n", labels[i]);
    return !f || std::fclose(f);
}
