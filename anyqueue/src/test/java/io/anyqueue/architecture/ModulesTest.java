package io.anyqueue.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** The dependencies that modules declare to each other, test scope aside. */
class ModulesTest {
    private static final Set<String> MAY_SEE_ADAPTERS = Set.of("anyqueue", "queue-test", "benchmarks", "samples");

    /** A dependency within this repository that is not for tests only. */
    private record Dependency(Path module, String on) {
        String folder() {
            return module.getName(0).toString();
        }
    }

    @Test
    void onlyTheStarterSamplesAndBenchmarksDependOnAnAdapter() throws Exception {
        Set<String> adapters = Set.copyOf(adapters());
        assertThat(adapters).contains("anyqueue-inmemory");
        assertThat(dependencies())
                .filteredOn(dependency -> adapters.contains(dependency.on()))
                .allSatisfy(dependency -> assertThat(MAY_SEE_ADAPTERS).contains(dependency.folder()));
    }

    @Test
    void adaptersAndCodecsDependOnTheApiAlone() throws Exception {
        assertThat(dependencies())
                .filteredOn(dependency -> dependency.folder().startsWith("adapter-")
                        || dependency.folder().equals("queue-json")
                        || dependency.folder().equals("queue-core"))
                .isNotEmpty()
                .allSatisfy(dependency -> assertThat(dependency.on()).isEqualTo("anyqueue-api"));
    }

    @Test
    void theApiDependsOnNoModule() throws Exception {
        assertThat(dependencies())
                .filteredOn(dependency -> dependency.folder().equals("queue-api"))
                .isEmpty();
    }

    private static List<String> adapters() throws Exception {
        List<String> adapters = new ArrayList<>();
        for (Path module : Repository.modules()) {
            if (module.getFileName().toString().startsWith("adapter-")) {
                adapters.add(child(project(module), "artifactId"));
            }
        }
        return adapters;
    }

    private static List<Dependency> dependencies() throws Exception {
        List<Dependency> all = new ArrayList<>();
        for (Path module : Repository.modules()) {
            if (!module.endsWith("bom")) {
                NodeList declared = project(module).getElementsByTagName("dependency");
                for (int i = 0; i < declared.getLength(); i++) {
                    Element dependency = (Element) declared.item(i);
                    if (child(dependency, "groupId").equals("io.anyqueue")
                            && !child(dependency, "scope").equals("test")) {
                        all.add(new Dependency(Repository.ROOT.relativize(module), child(dependency, "artifactId")));
                    }
                }
            }
        }
        return all;
    }

    private static Element project(Path module) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(module.resolve("pom.xml").toFile())
                .getDocumentElement();
    }

    /** {@return the text of a direct child; empty if there is none} */
    private static String child(Element parent, String name) {
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node.getNodeName().equals(name)) {
                return node.getTextContent().strip();
            }
        }
        return "";
    }
}
